"""Options and help of `mintpost products`."""

import typer

from commands.context import given


def check(ctx: typer.Context) -> None:
    """Read products.yaml and tell what is wrong in it, with file and line."""
    from commands.products import read_products

    file = given(ctx).products_file()
    catalog = read_products(file, given(ctx).sources)
    entries = sum(map(len, catalog.offers.values()))
    typer.echo(f"{file} is fine; its entries: {entries}")
