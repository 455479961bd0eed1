"""`mintpost erase`, `export` and `prune`: people's data is shown or removed."""

from collections.abc import Mapping
from datetime import datetime

from rich.table import Table
from rich.text import Text

from commands.asking import require_yes
from commands.tables import cell, console, print_json, tell
from db.engine import Database
from db.views.person import known_of_person
from kit.times import minute
from operations.erase import Places, erase, rewrite_file
from operations.prune import prunable, prune

NOTHING_KEPT = "nothing to erase: nothing is kept under this address"
STAYS = (
    "The license goes on: its key and its token stay good. Backups and the logs of proxies are "
    "not reached from here"
)


def run_erase(address: str, places: Places, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Show the counts, and erase after a person agrees. Raises RefusedError."""
    found = erase(address, places, preview=True)
    if not as_json:
        _print_counts(found.counts, NOTHING_KEPT)
    if not dry_run:
        if not found.is_nothing:
            require_yes("Erase this for ever?", yes=yes)
            found = erase(address, places, preview=False)
        # Also without a new erasure, because the last command may have been kept from it.
        rewrite_file(places.database, "everything is erased")
    if as_json:
        print_json([dict(found.counts)])
    elif not found.is_nothing:
        _say("would be erased" if dry_run else f"erased. {STAYS}")


def run_export(address: str, database: Database) -> None:
    print_json(database.read_here(known_of_person, address))


def run_prune(
    before: datetime, database: Database, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Drop the bodies after a person agrees. Raises RefusedError."""
    count = prunable(database, before)
    dropped: Mapping[str, int] = {"events": count}
    events = "1 event" if count == 1 else f"{count} events"
    what = f"the requests of {events} that closed before {minute(before)} UTC"
    if count and not dry_run:
        require_yes(f"Drop {what} for ever?", yes=yes)
        dropped = {**dropped, **prune(database, before)}
    if not dry_run:
        rewrite_file(database, "the requests are dropped")
    if as_json:
        print_json([dropped])
    elif not count:
        _say(f"nothing to drop: no event that closed before {minute(before)} UTC has a request")
    else:
        _say(f"{'would drop' if dry_run else 'dropped'} {what}")


def _print_counts(counts: Mapping[str, int], nothing: str) -> None:
    if not any(counts.values()):
        _say(nothing)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, count in counts.items():
        if count:
            table.add_row(cell(name.replace("_", " ")), Text(str(count), justify="right"))
    console().print(table)


def _say(sentence: str) -> None:
    tell(sentence)
