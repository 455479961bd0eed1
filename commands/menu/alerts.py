"""Options and help of `mintpost alerts`."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from kit.refusals import RefusedError

Patience = Annotated[
    float, typer.Option(metavar="SECONDS", min=1, help="until the worker must have mailed it")
]


@examples(("mintpost alerts test", "where the API's settings are"))
def send_test(ctx: typer.Context, patience: Patience = 30) -> None:
    """Send a test alert by both ways, and tell the result of each."""
    from commands.proof import print_checks
    from commands.tables import console
    from operations.alerts.trying import MISSED, NOBODY, reaches_somebody, try_alerts

    context = given(ctx)
    ways = context.alert_defaults()
    wait = timedelta(seconds=patience)
    checks = asyncio.run(try_alerts(context.open_database, ways.url, ways.operator, wait))
    if not print_checks(checks, console()):
        raise RefusedError(MISSED)
    if not reaches_somebody(checks):
        raise RefusedError(NOBODY)
