"""Options and help of `mintpost status`."""

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson
from kit.clock import utc_now


@examples(
    ("mintpost status", None),
    ("mintpost status --json", "for a program: groups, counts and the next command"),
)
def status(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Tell what waits and why, what failed, what came in within a day, and the next command."""
    from commands.status import print_status
    from operations.status import status as look

    with given(ctx).open_database() as database:
        print_status(look(database, given(ctx).spool(), utc_now()), as_json=as_json)
