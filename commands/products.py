"""`mintpost products`: reads the product mapping."""

import re
from collections.abc import Sequence
from pathlib import Path

from catalog.file import ProductsFile, ProductsFileError
from commands.tables import warn
from domain.catalog import Catalog


def read_products(file: Path, sources: Sequence[str]) -> Catalog:
    """Read the mapping. A problem without a line is told by the name of the setting."""
    try:
        return ProductsFile(file, sources).current()
    except ProductsFileError as error:
        raise ProductsFileError(*(_named(problem, file) for problem in error.problems)) from None


def products_or_none(file: Path, sources: Sequence[str]) -> Catalog | None:
    """Read the mapping for a command that does its work without it as well."""
    try:
        return read_products(file, sources)
    except ProductsFileError:
        return None


def products_or_warning(file: Path, sources: Sequence[str]) -> Catalog | None:
    """Read the mapping, and warn where only a part of the answer is missing without it."""
    try:
        return read_products(file, sources)
    except ProductsFileError as error:
        warn(f"the limits on devices by products.yaml are left out, because\n{error}")
        return None


def _named(problem: str, file: Path) -> str:
    has_line = re.match(r":\d+:", problem.removeprefix(str(file)))
    return problem if has_line else f"PRODUCTS_FILE: {problem}"
