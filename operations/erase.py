"""Erase a person's data: in the database, in the spool and in the outbox."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from db.engine import Database
from db.erasing import StillWaitingError, erase_person
from db.persons import Person, find_person
from db.rewriting import rewrite
from db.undoing import undone
from domain.advice import advised
from domain.mentions import Mentions
from kit.clock import utc_now
from kit.refusals import RefusedError
from relay.spool import SET_ASIDE, UNFINISHED, WAITING, Spool, UnreadableError

PATIENCE = timedelta(seconds=30)
SEARCHES = 5
"""The most searches. Mostly the second one finds nothing any more."""


class StillNeededError(RefusedError):
    """A sale, a mail or a spooled request still needs the data."""


class NotRewrittenError(RefusedError):
    """The data is erased, and SQLite's file still has free pages with it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}, but SQLite's file could not be rewritten, so its free pages still hold the "
            "old bytes: another process uses it all the time. Stop that process, or run the same "
            "command again"
        )


@dataclass(frozen=True, slots=True)
class Places:
    """The places that hold a person's data."""

    database: Database
    spool: Spool
    outbox: Path


@dataclass(frozen=True, slots=True)
class Erased:
    """The number of rows that changed, by table, and of files that were removed, by folder."""

    counts: Mapping[str, int]

    @property
    def is_nothing(self) -> bool:
        return not any(self.counts.values())


def erase(address: str, places: Places, *, preview: bool) -> Erased:
    """Erase the data, or tell what would be erased. Raises StillNeededError before any change."""
    mentions = Mentions(address)
    _require_no_waiting_request(places.spool, mentions)
    spooled = [*_spooled(places.spool, mentions)]
    counts, deliveries = _in_database(places.database, address, preview=preview)
    mails = [*_mails(places.outbox, deliveries, mentions)]
    if not preview:
        for file in (*spooled, *mails):
            file.unlink(missing_ok=True)
    return Erased({**counts, "spool": len(spooled), "outbox": len(mails)})


def _in_database(
    database: Database, address: str, *, preview: bool
) -> tuple[Mapping[str, int], Collection[int]]:
    """Return the number of rows by table, and the person's deliveries.

    A sale may be settled between the search and the erasure: then the next search finds it.
    """
    work = _preview if preview else _erase
    counts, deliveries = Counter[str](), set[int]()
    for _ in range(1 if preview else SEARCHES):
        person = database.read_here(find_person, address)
        try:
            found = database.write_here(work, person)
        except StillWaitingError as error:
            done = "a part" if any(counts.values()) else "nothing"
            raise StillNeededError(_still_needed(error.names, done)) from None
        counts.update(found)
        deliveries |= person.deliveries
        if not any(found.values()):
            break
    return {name: counts[name] for name in found}, deliveries


def rewrite_file(database: Database, what: str, patience: timedelta = PATIENCE) -> None:
    """Leave no old bytes in SQLite's file. Raises NotRewrittenError; `what` was done."""
    if not rewrite(database.engine, patience):
        raise NotRewrittenError(what)


def _erase(session: Session, person: Person) -> Mapping[str, int]:
    return erase_person(session, person, utc_now())


def _preview(session: Session, person: Person) -> Mapping[str, int]:
    with undone(session):
        counts = _erase(session, person)
        session.flush()
    return counts


def _still_needed(names: Collection[str], done: str) -> str:
    first = next(iter(names))
    orders = [each for each in names if ":" in each]
    look = advised("show", orders[0]) if orders else "`mintpost events --status open`"
    more = "" if len(names) == 1 else f" and {len(names) - 1} more"
    return (
        f"{done} was erased: {first}{more} is under way or waits, and still needs the address. Let "
        f"it end, or terminate its workflow, and run this again: {look} tells what it waits for"
    )


def _require_no_waiting_request(spool: Spool, mentions: Mentions) -> None:
    for file in spool.files(WAITING):
        if _tells(spool, file, mentions):
            raise StillNeededError(
                "nothing was erased: a request with the address waits in the spool for the "
                "database. It goes in by itself, and `mintpost status` tells when; then run this "
                "again"
            )


def _spooled(spool: Spool, mentions: Mentions) -> Iterator[Path]:
    """Yield the requests that no repetition will store."""
    for suffix in (SET_ASIDE, UNFINISHED):
        yield from (file for file in spool.files(suffix) if _tells(spool, file, mentions))


def _tells(spool: Spool, file: Path, mentions: Mentions) -> bool:
    try:
        return mentions.is_in_bytes(spool.read(file).body)
    except FileNotFoundError:
        return False
    except UnreadableError:
        return mentions.is_in_bytes(file.read_bytes())


def _mails(outbox: Path, deliveries: Collection[int], mentions: Mentions) -> Iterator[Path]:
    for file in sorted(outbox.glob("delivery-*")):
        number = file.stem.removeprefix("delivery-")
        is_own = number.isdecimal() and int(number) in deliveries
        if is_own or mentions.is_in_bytes(file.read_bytes()):
            yield file
