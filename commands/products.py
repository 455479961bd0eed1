"""`mintpost products`: what the product mapping says."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from catalog.file import ProductsFile, ProductsFileError
from domain.catalog import Catalog


def read_products(file: Path, sources: Sequence[str]) -> Catalog:
    """Read the mapping. What is wrong with all of it is told by the name of its setting."""
    try:
        return ProductsFile(file, sources).current()
    except ProductsFileError as error:
        raise ProductsFileError(*(_named(problem, file) for problem in error.problems)) from None


def _named(problem: str, file: Path) -> str:
    has_line = re.match(r":\d+:", problem.removeprefix(str(file)))
    return problem if has_line else f"PRODUCTS_FILE: {problem}"


def check_command(file: Callable[[], Path], sources: Sequence[str]) -> Callable[[], None]:
    """Return the command; `file` says where the mapping is, `sources` are the storefronts."""

    def command() -> None:
        """Read products.yaml and tell what is wrong in it, with file and line."""
        catalog = read_products(file(), sources)
        entries = sum(map(len, catalog.offers.values()))
        typer.echo(f"{file()} is fine; its entries: {entries}")

    return command
