"""Options and help of `mintpost verify`."""

import asyncio
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from kit.clock import utc_now

KeyOrToken = Annotated[
    str,
    typer.Argument(
        metavar="KEY", help="or a token, a signed list or an answer; - reads it from the input"
    ),
]


@examples(
    ("mintpost verify QXJP-W3AV-CA9A-NMQX-C4YY-JXFG-GECG", "a key"),
    ("mintpost verify - < license.jwt", "or a token, a list"),
)
def verify(ctx: typer.Context, text: KeyOrToken) -> None:
    """Tell what a license key, a token, a signed list or an answer is worth."""
    from commands.tables import console
    from commands.verify import print_verdict
    from operations.verify import verify as judge

    # An argument of more than 128 KiB, as a long list is, starts no program on Linux.
    text = typer.get_text_stream("stdin").read() if text == "-" else text
    verdict = asyncio.run(judge(text, given(ctx).open_database, utc_now()))
    if not print_verdict(verdict, console()):
        raise typer.Exit(1)
