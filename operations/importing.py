"""Import a file of licenses in batches: one transaction for some hundred lines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from db.engine import Database
from db.renewing import ImportedCharge, renew_imported
from domain.folding import fold_key
from domain.granting import Granting
from domain.grants import Grant
from domain.identifiers import order_reference
from domain.wanted import Wanted, order_identity
from operations.giving import Given, Result, Wish, judge
from operations.giving_many import give_many, names_of
from operations.import_file import ImportFile, Line, RefusedLine
from storefronts.exports import LeftOut, Renewal

BATCH = 200
"""Few enough that another writer waits only a moment for SQLite's lock."""

REPEATED = "it says the same as an earlier line of this file"
KEY_TWICE = "its key stands in an earlier line of this file: correct it, or leave it out"
NO_LENGTH = "a later charge, and the export does not tell how long it lasts"
ENDS_LATER = "its license ends no earlier"
FIRST_CHARGE = (
    "it is a later charge, and its key opens no license: import the line of the first charge first"
)


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """The result of a line. Field names are the JSON keys of `mintpost import`."""

    line: int
    result: Result
    order: str | None
    license_id: int | None
    why: str | None


def import_lines(
    database: Database, file: ImportFile, granting: Granting
) -> Iterator[ImportedLine]:
    """Import the file, and yield each line's result once its batch is committed."""
    lines = iter(file.lines)
    while batch := list(islice(lines, BATCH)):
        yield from database.write_here(_import_batch, batch, granting)


def preview_import(
    database: Database, file: ImportFile, granting: Granting
) -> Iterator[ImportedLine]:
    """Yield the results that an import would have, and change nothing."""
    lines, earlier = iter(file.lines), set[int]()
    while batch := list(islice(lines, BATCH)):
        yield from database.read_here(_preview_batch, batch, granting, earlier)


def _import_batch(
    session: Session, batch: Sequence[Line], granting: Granting
) -> list[ImportedLine]:
    wanted = [line for line in batch if isinstance(line.told, Wanted)]
    wishes = [_wish(line.told) for line in wanted if isinstance(line.told, Wanted)]
    given = zip(wanted, give_many(session, wishes, granting), strict=True)
    results = {line.number: each for line, each in given}
    # A later charge may extend a license of this very batch.
    for line in batch:
        if not isinstance(line.told, Wanted):
            results[line.number] = _without_wish(session, line.told, granting)
    return [_told(line, results[line.number]) for line in batch]


def _without_wish(
    session: Session, told: Renewal | LeftOut | RefusedLine, granting: Granting
) -> Given:
    match told:
        case Renewal():
            return _renew(session, told, granting)
        case LeftOut(why):
            return Given(Result.LEFT_OUT, why=why)
        case RefusedLine(why):
            return Given(Result.REFUSED, why=why)


def _preview_batch(
    session: Session, batch: Iterable[Line], granting: Granting, earlier: set[int]
) -> list[ImportedLine]:
    lines = list(batch)
    wishes = [_wish(line.told) for line in lines if isinstance(line.told, Wanted)]
    judged = iter(zip(wishes, judge(session, wishes, granting), strict=True))
    return [
        _told(line, _foreseen(*next(judged), earlier))
        if isinstance(line.told, Wanted)
        else _told(line, _without_change(line.told))
        for line in lines
    ]


def _foreseen(wish: Wish, judged: Given | Grant, earlier: set[int]) -> Given:
    if not isinstance(judged, Grant):
        return judged
    # Numbers take less memory than names, and the file may have many lines.
    same = {hash(wish.identity), hash(wish.order)}
    if (key := wish.wanted.key) is not None:
        same.add(hash((fold_key(key), wish.wanted.email.lower())))
    names = {hash(name) for name in names_of(wish)} | same
    repeated = names & earlier
    earlier |= names
    if repeated & same:
        return Given(Result.KNOWN, wish.name, why=REPEATED)
    if repeated:
        return Given(Result.REFUSED, why=KEY_TWICE)
    return Given(Result.GIVEN, wish.name)


def _without_change(told: Renewal | LeftOut | RefusedLine) -> Given:
    match told:
        case Renewal():
            return Given(Result.EXTENDED, order_reference(told.order.source, told.order.order_id))
        case LeftOut(why):
            return Given(Result.LEFT_OUT, why=why)
        case RefusedLine(why):
            return Given(Result.REFUSED, why=why)


def _wish(wanted: Wanted) -> Wish:
    return Wish(wanted, wanted.identity or wanted.content)


def _renew(session: Session, renewal: Renewal, granting: Granting) -> Given:
    order = order_reference(renewal.order.source, renewal.order.order_id)
    until = None if renewal.term is None else renewal.term.end(renewal.at)
    if until is None:
        return Given(Result.LEFT_OUT, order, why=NO_LENGTH)
    identity = order_identity(renewal.order)
    charge = ImportedCharge(renewal.key, identity, until, granting.by, granting.why)
    renewed = renew_imported(session, charge, granting.now)
    if renewed is None:
        return Given(Result.REFUSED, order, why=FIRST_CHARGE)
    if not renewed.extended:
        return Given(Result.KNOWN, order, renewed.license_id, why=ENDS_LATER)
    return Given(Result.EXTENDED, order, renewed.license_id, renewed.event_id)


def _told(line: Line, given: Given) -> ImportedLine:
    return ImportedLine(line.number, given.result, given.order, given.license_id, given.why)
