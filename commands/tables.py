"""Prints lists: a table for a person, JSON for a program."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text
from typing_extensions import override

from domain.visible import acts_or_hides, escaped, visible, visible_lines
from kit.times import iso, moment

WIDE = 10_000
"""Output that goes to a file or a pipe is not cut to the width of a terminal."""
GAP = 2


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    sys.stdout.write(written_json(value) + "\n")


def written_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    # Only strings hold characters to escape: JSON itself adds nothing but line breaks.
    written = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    for one in set(written) - {"\n"}:
        if acts_or_hides(one):
            written = written.replace(one, escaped(one))
    return written


def print_lines(
    lines: Sequence[Any],
    columns: Mapping[str, Callable[[Any], Any]],
    remark: Callable[[Any], str | None],
) -> None:
    """Print a row for each line, and its remark below, indented.

    In a file or a pipe the remark ends the row, so that grep finds both together.
    """
    out = console()
    rows = [[cell(read(line)) for read in columns.values()] for line in lines]
    header = [Text(name) for name in columns]
    widths = [max(text.cell_len for text in column) for column in zip(header, *rows, strict=True)]
    out.print(_aligned(header, widths), style="bold", soft_wrap=True)
    for line, row in zip(lines, rows, strict=True):
        said = cell(remark(line) or "")
        if said and not out.is_terminal:
            out.print(_aligned([*row, said], [*widths, 0]), soft_wrap=True)
            continue
        out.print(_aligned(row, widths), soft_wrap=True)
        if said:
            out.print(Padding(said, (0, 0, 0, widths[0] + GAP)), style="dim")


class SafeConsole(Console):
    """Prints foreign text so that a terminal neither obeys the text nor disguises it."""

    @override
    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible_lines(segment.text))


def console() -> Console:
    return SafeConsole() if sys.stdout.isatty() else SafeConsole(width=WIDE)


def warn(sentence: str | None) -> None:
    """Print a sentence beside the output, so that a pipe does not get it."""
    if sentence is not None:
        SafeConsole(stderr=True).print(Text(sentence), soft_wrap=True)


def cell(value: Any) -> Text:  # noqa: ANN401 - any field
    match value:
        case None:
            return Text("–", style="dim")
        case Text():
            return value
        case bool():
            return Text("yes" if value else "no")
        case datetime():
            return Text(moment(value))
        case dict():
            return cell(", ".join(f"{name}: {choice}" for name, choice in value.items()))
        case _:
            # Rich must not read foreign text as markup, nor a terminal as escape sequences.
            return Text(visible(str(value)))


def _aligned(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    row = Text()
    for text, width in zip(cells, widths, strict=True):
        row.append_text(text)
        row.append(" " * (width - text.cell_len + GAP))
    row.rstrip()
    return row


def _plain(value: Any) -> str:  # noqa: ANN401 - a value that json does not know
    return iso(value) if isinstance(value, datetime) else str(value)
