"""Options and help of `mintpost demo`."""

import asyncio
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples

Keep = Annotated[bool, typer.Option("--keep", metavar="", help="leave it up until Ctrl-C")]


@examples(("mintpost demo --keep", "and look around afterwards"))
def demo(ctx: typer.Context, *, keep: Keep = False) -> None:
    """Show one sale from webhook to inbox, on free ports and in a temporary folder."""
    from commands.demo import run_demo
    from commands.tables import SafeConsole

    asyncio.run(run_demo(given(ctx).plain_environment(), SafeConsole(), keep=keep))
