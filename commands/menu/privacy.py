"""Options and help of `mintpost erase`, `export` and `prune`."""

from datetime import datetime
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.lists import parse_since
from commands.menu.options import AsJson
from domain.mentions import is_whole_address


def parse_address(text: str) -> str:
    """Take a whole address alone, because a part of one is in many people's rows."""
    if not is_whole_address(text):
        raise typer.BadParameter("it must be one whole address, such as ada@example.com")
    return text.strip()


Email = Annotated[
    str,
    typer.Option(
        "--email", parser=parse_address, metavar="ADDRESS", help="the person's whole address"
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", metavar="", help="only tell what would go")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="do not ask")]
OlderThan = Annotated[
    datetime,
    typer.Option(
        "--older-than",
        parser=parse_since,
        metavar="WHEN",
        help="90d, 2026-09-01: events that closed before",
    ),
]


@examples(
    ("mintpost erase --email ada@example.com --dry-run", "only tell"),
    ("mintpost erase --email ada@example.com --yes", "without a question"),
)
def erase(
    ctx: typer.Context,
    *,
    email: Email,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person's data everywhere. The license goes on, and ids, amounts, states stay."""
    from commands.privacy import run_erase
    from operations.erase import Places

    context = given(ctx)
    with context.open_database() as database:
        places = Places(database, context.spool(), context.outbox())
        run_erase(email, places, dry_run=dry_run, yes=yes, as_json=as_json)


@examples(("mintpost export --email ada@example.com > ada.json", "for a person's question"))
def export(ctx: typer.Context, *, email: Email) -> None:
    """Print everything that is kept of a person, as JSON."""
    from commands.privacy import run_export

    context = given(ctx)
    with context.open_database() as database:
        run_export(email, database)


@examples(
    ("mintpost prune --older-than 90d --dry-run", "only count"),
    ("mintpost prune --older-than 90d --yes", "as a daily job"),
)
def prune(
    ctx: typer.Context,
    *,
    older_than: OlderThan,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Drop the raw requests of events that closed long ago. Their facts stay."""
    from commands.privacy import run_prune

    with given(ctx).open_database() as database:
        run_prune(older_than, database, dry_run=dry_run, yes=yes, as_json=as_json)
