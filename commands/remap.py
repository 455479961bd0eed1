"""`mintpost remap`: decides licenses again by today's mapping, after a mistake in the mapping."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

import typer

from commands.tables import print_json, tell
from db.engine import Database
from db.remaps import Asker
from domain.catalog import Catalog
from domain.remapping import Terms
from kit.refusals import RefusedError
from kit.times import day
from operations.deliveries import what_came
from operations.remap import RemapLine, change, preview

UNANSWERED = "nothing was changed: give --yes to change them, or --dry-run to look only"


@dataclass(frozen=True, slots=True)
class Wish:
    """The licenses to decide again, by name or by product, and the permissions of the person."""

    texts: Sequence[str]
    product: str | None
    by: Asker
    dry_run: bool
    yes: bool
    as_json: bool
    patience: timedelta


def run_remap(wish: Wish, mapping: Catalog, database: Database) -> None:
    """Print the terms by today's mapping, and change the licenses after a person agrees."""
    lines = preview(database, mapping, wish.texts, wish.product, wish.by)
    if not wish.as_json:
        print_lines(lines)
    if any(line.differs for line in lines) and not wish.dry_run:
        _ask(lines, yes=wish.yes, named=wish.product is None)
        lines = change(database, mapping, lines, wish.by)
        asyncio.run(_report(database, lines, wish.patience, as_json=wish.as_json))
    _conclude(lines, as_json=wish.as_json)


def _ask(lines: Sequence[RemapLine], *, yes: bool, named: bool) -> None:
    """Raise RefusedError when a person says no.

    When nobody can answer, licenses named by a person are changed, and a whole product is not.
    """
    count = sum(line.differs for line in lines)
    question = f"Change {'this license' if count == 1 else f'these {count} licenses'}?"
    try:
        agreed = yes or typer.confirm(question, err=True)
    except (typer.Abort, OSError):
        agreed = named and not sys.stdin.isatty()
    if not agreed:
        raise RefusedError(UNANSWERED)


async def _report(
    database: Database, lines: Sequence[RemapLine], patience: timedelta, *, as_json: bool
) -> None:
    """Wait for the mails, and print the result of each change."""
    owed = [line.delivery_id for line in lines if line.delivery_id is not None]
    mails = {mail.id: mail.status for mail in await what_came(database, owed, patience)}
    if as_json:
        return
    for line in lines:
        if line.changed:
            mail = "" if line.delivery_id is None else f"; its mail is {mails[line.delivery_id]}"
            tell(f"{line.order}: changed{mail}")


def print_lines(lines: Sequence[RemapLine]) -> None:
    for line in lines:
        tell(f"{line.order}: {_told(line)}")


def _told(line: RemapLine) -> str:
    if line.after is None:
        return line.problem or ""
    if not line.differs:
        return f"stays as it is: {_terms(line.before)}"
    changes = [
        f"{name} {before} → {after}"
        for name, before, after in _facts(line.before, line.after)
        if before != after
    ]
    mail = "mails the new token" if line.mailed else "mails nobody"
    return f"{', '.join(changes)}; {mail}"


def _facts(before: Terms, after: Terms) -> list[tuple[str, str, str]]:
    return [
        ("tier", before.tier, after.tier),
        ("seats", str(before.seats), str(after.seats)),
        ("end", _end(before), _end(after)),
        ("name", before.product_name, after.product_name),
    ]


def _terms(terms: Terms) -> str:
    seats = "1 seat" if terms.seats == 1 else f"{terms.seats} seats"
    return f"{terms.tier}, {seats}, end {_end(terms)}"


def _end(terms: Terms) -> str:
    return "never" if terms.expires_at is None else day(terms.expires_at)


def _conclude(lines: Sequence[RemapLine], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(line) for line in lines])
    undecided = sum(line.problem is not None for line in lines)
    if undecided:
        raise RefusedError(f"not decided anew: {undecided}; `mintpost products check` helps to see")
