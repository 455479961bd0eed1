"""Options and help of `mintpost doctor`."""

import asyncio
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson

Url = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="the API's address, if it is neither PUBLIC_URL nor of mintpost dev"
    ),
]


@examples(
    ("mintpost doctor", "in the worker's environment, which has most settings"),
    ("mintpost doctor --url https://shop.example.com", None),
)
def doctor(ctx: typer.Context, *, url: Url = None, as_json: AsJson = False) -> None:
    """Look at every part, change nothing, and tell each trouble with its remedy.

    The exit code is 1 if a part is broken, otherwise 0.
    """
    from commands.doctor import print_examined, run_doctor
    from operations.doctor.checks import is_broken

    examined = asyncio.run(run_doctor(given(ctx).installation(url)))
    print_examined(examined, as_json=as_json)
    if is_broken(examined):
        raise typer.Exit(1)
