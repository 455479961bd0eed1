"""Options and help of `mintpost torture`."""

import asyncio
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from kit.refusals import RefusedError
from storefronts.registry import ANOTHER, PACKAGES, SOURCES, package_of

Sales = Annotated[int, typer.Option(min=1, metavar="COUNT", help="so many, in each round")]
Source = Annotated[
    str, typer.Option(metavar="SHOP", help="the storefront that sells", show_default=True)
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, metavar="NUMBER", help="the same again  [default: a new one]"),
]
Minutes = Annotated[
    float, typer.Option(min=0, metavar="COUNT", help="round after round, for so long")
]
Postgres = Annotated[
    bool,
    typer.Option("--postgres", metavar="", help="on a PostgreSQL of its own, instead of SQLite"),
]
Keep = Annotated[
    bool, typer.Option("--keep", metavar="", help="keep its folder; after a breach it stays anyway")
]


@examples(
    ("mintpost torture --sales 50", "one short round"),
    (f"mintpost torture --minutes 60 --postgres --source {ANOTHER}", None),
)
def torture(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    sales: Sales = 200,
    source: Source = PACKAGES[0].name,
    seed: Seed = None,
    minutes: Minutes = 0,
    *,
    postgres: Postgres = False,
    keep: Keep = False,
) -> None:
    """Kill, stop and break a real stack while it sells, and count each broken promise."""
    from commands.tables import SafeConsole
    from torture.command import TortureOptions, run_torture

    if source not in SOURCES:
        raise RefusedError(f"{source} is no storefront: choose one of {', '.join(SOURCES)}")
    package = package_of(source)
    chosen = TortureOptions(sales, package, seed, minutes, postgres=postgres, keep=keep)
    asyncio.run(run_torture(chosen, given(ctx).plain_environment(), SafeConsole()))
