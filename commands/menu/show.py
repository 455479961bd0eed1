"""Options and help of `mintpost show`."""

import asyncio
from functools import partial
from typing import Annotated

import typer

from commands.completion import any_sale
from commands.context import given
from commands.help import examples
from domain.event import OPERATOR
from storefronts.registry import EVENT_EXAMPLE, EXAMPLE

Sale = Annotated[
    str,
    typer.Argument(
        metavar="SALE",
        help=f"{EXAMPLE}, or an address, name, key or number that finds it",
        autocompletion=any_sale,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", metavar="", help="one JSON object on stdout")]


@examples(
    (f"mintpost show {EXAMPLE}", None),
    ("mintpost show ada@example.com", "or by a name, a key, an order number"),
    (f"mintpost show {EVENT_EXAMPLE}", "an event of no order"),
)
def show(ctx: typer.Context, order: Sale, *, as_json: AsJson = False) -> None:
    """Show one sale whole: events, license, e-mails, workflow, and what it waits for."""
    from commands.products import products_or_none
    from commands.show import run_show
    from operations.show import Places

    context = given(ctx)
    spool, temporal = context.spool(), context.temporal()
    mapping = partial(products_or_none, context.products_file(), context.sources)
    sources = (*context.sources, OPERATOR)
    places = Places(sources, spool, context.open_database, temporal, mapping)
    asyncio.run(run_show(order.strip(), places, as_json=as_json))
