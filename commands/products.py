"""`mintpost products`: what the product mapping says."""

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from activities.products_file import ProductsFile


def check_command(file: Callable[[], Path], sources: Sequence[str]) -> Callable[[], None]:
    """Return the command; `file` says where the mapping is, `sources` are the storefronts."""

    def command() -> None:
        """Read products.yaml and tell what is wrong in it, with file and line."""
        catalog = ProductsFile(file(), sources).current()
        entries = sum(map(len, catalog.offers.values()))
        typer.echo(f"{file()} is fine; its entries: {entries}")

    return command
