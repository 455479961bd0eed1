"""Reads a CSV file of licenses: its form by its header, then line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.wanted import Wanted
from kit.csv_rows import BadRow, Row, read_rows
from kit.refusals import RefusedError
from operations.own_columns import COLUMNS, OwnColumns
from storefronts.cells import Cells, LineRefusedError, fold_name
from storefronts.exports import Export, LeftOut, Renewal
from storefronts.registry import exports

OWN = OwnColumns()


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be taken, with a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file by its number; the header is line 1."""

    number: int
    told: Wanted | Renewal | LeftOut | RefusedLine


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file whose form is known. `lines` can be read once."""

    form: Export
    lines: Iterator[Line]


def open_import(file: Path, now: datetime) -> ImportFile:
    """Read the header. Raises RefusedError if the file's form is unknown."""
    rows = read_rows(file)
    header = next(rows, None)
    if not isinstance(header, Row):
        raise RefusedError(f"{file} has no header: {_expected()}")
    form = _form(file, header.cells)
    return ImportFile(form, _lines(form, header.cells, rows, now))


def _form(file: Path, header: Sequence[str]) -> Export:
    columns = frozenset(map(fold_name, header))
    for export in exports():
        if export.recognizes(columns):
            return export
    known = set(map(fold_name, COLUMNS))
    unknown = [name for name in header if name and fold_name(name) not in known]
    if unknown:
        raise RefusedError(
            f'the column "{unknown[0][:50]}" of {file} is unknown, and an unread column may be a '
            f"mistyped one: {_expected()}"
        )
    if not OWN.recognizes(columns):
        raise RefusedError(f"{file} needs the column email, and product or tier: {_expected()}")
    named = [fold_name(name) for name in header if name]
    if len(set(named)) != len(named):
        raise RefusedError(f"{file} has a column twice: {_expected()}")
    return OWN


def _expected() -> str:
    *shops, last = (export.title for export in exports())
    own = f"name its columns {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}"
    return f"{own}, or import {', '.join(shops)} or {last} as it is"


def _lines(
    form: Export, header: Sequence[str], rows: Iterator[Row | BadRow], now: datetime
) -> Iterator[Line]:
    columns: dict[str, int] = {}
    for place, name in enumerate(header):
        # A shop's own columns stand before the seller's, which may have the same names.
        columns.setdefault(fold_name(name), place)
    for row in rows:
        if isinstance(row, BadRow):
            yield Line(row.line, RefusedLine(row.why))
        elif any(row.cells[len(header) :]):
            yield Line(row.line, RefusedLine(_too_long(row, header)))
        else:
            yield Line(row.line, _told(form, Cells(columns, row.cells, now)))


def _too_long(row: Row, header: Sequence[str]) -> str:
    return (
        f"it has {len(row.cells)} values and the header has {len(header)} columns: "
        "put a value that holds the delimiter in quotes"
    )


def _told(form: Export, cells: Cells) -> Wanted | Renewal | LeftOut | RefusedLine:
    try:
        return form.read(cells)
    except LineRefusedError as refused:
        return RefusedLine(str(refused))
