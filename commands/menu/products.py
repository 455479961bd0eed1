"""Options and help of `mintpost products`."""

from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson

Source = Annotated[str, typer.Option(metavar="SHOP", help="the shop to ask")]
OfTests = Annotated[bool, typer.Option("--test", help="its test side, with the test key")]


@examples(("mintpost products check", "before you save it on the server"))
def check(ctx: typer.Context) -> None:
    """Read products.yaml and tell what is wrong or missing in it, with file and line."""
    from catalog.hints import find_hints
    from catalog.id_hints import find_id_hints
    from commands.products import read_products
    from storefronts.registry import shop_ids

    file = given(ctx).products_file()
    catalog = read_products(file, given(ctx).sources)
    for hint in sorted([*find_hints(catalog), *find_id_hints(catalog, shop_ids())]):
        # Apart from the answer, so that a script reads the same line as ever.
        typer.echo(f"{file}:{hint.line}: warning: {hint.sentence}", err=True)
    entries = sum(map(len, catalog.offers.values()))
    typer.echo(f"{file} is fine; its entries: {entries}")


@examples(("mintpost products ids", "for an app that speaks a vendor's API"))
def ids(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Tell the ids by which apps for Lemon Squeezy, Polar and Keygen know each entry."""
    from commands.dialect_ids import print_ids
    from commands.products import read_products

    catalog = read_products(given(ctx).products_file(), given(ctx).sources)
    print_ids(catalog, given(ctx).issuer(), as_json=as_json)


@examples(
    ("mintpost products list --source polar", None),
    ("mintpost products list --source stripe --test", "the test side"),
)
def list_(
    ctx: typer.Context, *, source: Source, test: OfTests = False, as_json: AsJson = False
) -> None:
    """List a shop's own products with their ids, ready to paste into products.yaml."""
    import asyncio

    from commands.shop_products import print_products
    from operations.shop_products import list_products

    given(ctx).require_source(source)
    storefront = given(ctx).storefronts()[source]
    found = asyncio.run(list_products(storefront, "test" if test else "live"))
    print_products(source, found, as_json=as_json)
