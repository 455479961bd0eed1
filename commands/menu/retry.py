"""Options and help of `mintpost retry`."""

import asyncio
from typing import Annotated

import typer

from commands.completion import parked_sale
from commands.context import given
from commands.help import examples
from commands.menu.options import Patience, Where, require_storefronts
from kit.refusals import RefusedError
from storefronts.registry import EXAMPLE

Orders = Annotated[
    list[str] | None,
    typer.Argument(
        callback=require_storefronts,
        metavar="SOURCE:ORDER_ID",
        help=f"as in {EXAMPLE}",
        autocompletion=parked_sale,
    ),
]
All = Annotated[bool, typer.Option("--all", metavar="", help="every parked sale")]


@examples(
    (f"mintpost retry {EXAMPLE}", None),
    ('mintpost retry --all --where "unmapped"', "after an edit of products.yaml"),
)
def retry(
    ctx: typer.Context,
    orders: Orders = None,
    *,
    every: All = False,
    where: Where = None,
    patience: Patience = 10,
) -> None:
    """Wake parked sales now, and tell what happened to each."""
    from commands.retry import print_woken, run_retry

    if bool(orders) == every:
        raise RefusedError("name the sales to wake, or give --all: `mintpost retry --all`")
    with given(ctx).open_database() as database:
        temporal = given(ctx).temporal()
        woken = asyncio.run(run_retry(temporal, database, orders, where, patience))
    print_woken(woken, where)
