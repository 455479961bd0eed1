"""Options and help of `mintpost torture`."""

import asyncio
from typing import Annotated

import typer

from commands.context import given

Sales = Annotated[int, typer.Option(min=1, metavar="COUNT", help="so many, in each round")]
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


def torture(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    sales: Sales = 200,
    seed: Seed = None,
    minutes: Minutes = 0,
    *,
    postgres: Postgres = False,
    keep: Keep = False,
) -> None:
    """Kill, stop and break a real stack while it sells, and count each broken promise."""
    from commands.tables import SafeConsole
    from torture.command import TortureOptions, run_torture

    chosen = TortureOptions(sales, seed, minutes, postgres=postgres, keep=keep)
    asyncio.run(run_torture(chosen, given(ctx).plain_environment(), SafeConsole()))
