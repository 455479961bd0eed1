"""Options and help of `mintpost products`."""

import typer

from commands.context import given


def check(ctx: typer.Context) -> None:
    """Read products.yaml and tell what is wrong or missing in it, with file and line."""
    from catalog.hints import find_hints
    from commands.products import read_products

    file = given(ctx).products_file()
    catalog = read_products(file, given(ctx).sources)
    for hint in find_hints(catalog):
        # Apart from the answer, so that a script reads the same line as ever.
        typer.echo(f"{file}:{hint.line}: warning: {hint.sentence}", err=True)
    entries = sum(map(len, catalog.offers.values()))
    typer.echo(f"{file} is fine; its entries: {entries}")
