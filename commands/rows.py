"""Prints a list as rows: for the width of a terminal, or one line a row in a file or a pipe."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Generic, TypeVar

from rich.text import Text

from commands.layout import GAP, fits, in_columns, indented
from commands.tables import cell, console
from kit.clock import utc_now
from kit.times import minute, short_age, told, without_year

Line = TypeVar("Line")
Table = list[list[Text]]
"""A header and its rows."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of a row, if it has one. A terminal gets it with its zone and age."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class Times:
    """Writes the header and the cells of a time: one column or two."""

    header: Callable[[str], tuple[str, ...]]
    cells: Callable[[datetime], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rows(Generic[Line]):
    """The cells of each line, and a remark to tell with it.

    `cause` is equal for lines whose remarks mean the same, although each names its own sale. None
    for a line whose remark is about itself.
    """

    columns: Mapping[str, Callable[[Line], Any]]
    remark: Callable[[Line], Text | None] = lambda _line: None
    cause: Callable[[Line], Hashable | None] = lambda _line: None


PLAIN = Times(lambda name: (name,), lambda at: (minute(at),))


def print_rows(lines: Sequence[Line], rows: Rows[Line], *, together: bool = False) -> None:
    """Print the lines. `together`: a terminal gets the lines of one cause side by side."""
    out = console()
    if not out.is_terminal:
        printed = plain(lines, rows)
    else:
        ordered = gathered(lines, rows) if together else lines
        printed = fitted(ordered, rows, out.width, utc_now())
    for line in printed:
        out.print(line, soft_wrap=True)


def plain(lines: Sequence[Line], rows: Rows[Line]) -> Iterator[Text]:
    """Yield one line a row. The remark ends it, so that grep finds both together."""
    table = _table(lines, rows, PLAIN)
    widths = [max(each.cell_len for each in column) for column in zip(*table, strict=True)]
    remarks = [None, *map(rows.remark, lines)]
    for row, remark in zip(table, remarks, strict=True):
        yield _joined([*row, remark], [*widths, 0]) if remark else _joined(row, widths)


def fitted(lines: Sequence[Line], rows: Rows[Line], width: int, now: datetime) -> Iterator[Text]:
    """Yield the lines for a terminal of this width: each row on one line if it fits."""
    groups = _alike(lines, rows)
    tables = [_table(lines, rows, times) for times in _times(now)]
    if len(groups) == len(lines) and fits(beside := _beside(tables[0], lines, rows), width):
        yield from (line for each in _laid_out(beside, width) for line in each)
        return
    # The first of equally good tables tells most of its times.
    best = max((_laid_out(table, width) for table in tables), key=_on_one_line)
    printed = iter(best)
    yield from next(printed)
    for group in groups:
        for _ in group:
            yield from next(printed)
        yield from _said(group, rows, width)


def gathered(lines: Sequence[Line], rows: Rows[Line]) -> list[Line]:
    """Return the lines with those of one cause side by side, each cause at its first line."""
    first: dict[Hashable, int] = {}
    for number, line in enumerate(lines):
        first.setdefault(_cause(number, line, rows), number)
    return [
        line
        for _, line in sorted(
            enumerate(lines), key=lambda each: first[_cause(each[0], each[1], rows)]
        )
    ]


def _cause(number: int, line: Line, rows: Rows[Line]) -> Hashable:
    """Return the cause of a line. A line without a cause has one of its own."""
    cause = rows.cause(line)
    return number if cause is None else ("cause", cause)


def _beside(table: Table, lines: Sequence[Line], rows: Rows[Line]) -> Table:
    remarks = [Text(), *(rows.remark(line) or Text() for line in lines)]
    return [[*row, remark] for row, remark in zip(table, remarks, strict=True)]


def _on_one_line(table: Sequence[Sequence[Text]]) -> int:
    return sum(len(row) == 1 for row in table)


def _alike(lines: Sequence[Line], rows: Rows[Line]) -> list[list[Line]]:
    """Return the lines in groups: neighbors of one cause together, and each other line alone."""
    by_cause = groupby(enumerate(lines), lambda each: _cause(each[0], each[1], rows))
    return [[line for _, line in group] for _, group in by_cause]


def _said(group: Sequence[Line], rows: Rows[Line], width: int) -> list[Text]:
    """Return the remark of a group once; that of its last line, if each names its own sale."""
    remarks = [rows.remark(line) for line in group]
    last = remarks[-1]
    if last is None or not last.plain:
        return []
    if len(group) > 1:
        same = len({str(remark) for remark in remarks}) == 1
        beginning = f"these {len(group)}: " if same else f"these {len(group)} alike, as the last: "
        last = Text(beginning, style=last.style).append(last.plain)
    return indented(last, width)


def _laid_out(table: Table, width: int) -> list[list[Text]]:
    printed = list(in_columns(table, width))
    for line in printed[0]:
        line.stylize("bold")
    return printed


def _table(lines: Sequence[Line], rows: Rows[Line], times: Times) -> Table:
    values = [[read(line) for read in rows.columns.values()] for line in lines]
    header = [
        Text(each)
        for name, value in zip(rows.columns, values[0], strict=True)
        for each in (times.header(name) if isinstance(value, Moment) else (name,))
    ]
    return [header, *([each for value in row for each in _cells(value, times)] for row in values)]


def _cells(value: Any, times: Times) -> Sequence[Text]:  # noqa: ANN401 - any field
    if not isinstance(value, Moment):
        return [cell(value)]
    if value.at is not None:
        return [Text(each) for each in times.cells(value.at)]
    empty = [Text() for _ in times.header("")]
    return [cell(None), *empty[1:]]


def _times(now: datetime) -> Sequence[Times]:
    """Return the ways to write a time on a terminal, the longest first."""

    def with_age(written: Callable[[datetime], str]) -> Times:
        return Times(
            lambda name: (f"{name} UTC", "age"),
            lambda at: (written(at), short_age(now - at)),
        )

    whole = Times(lambda name: (name,), lambda at: (told(at, now),))
    return whole, with_age(minute), with_age(lambda at: without_year(at, now))


def _joined(row: Sequence[Text], widths: Sequence[int]) -> Text:
    line = Text()
    for text, width in zip(row, widths, strict=True):
        line.append_text(text)
        line.append(" " * (width - text.cell_len + GAP))
    line.rstrip()
    return line
