"""Prints to a person's terminal, a pipe or a program: safe text, cells, JSON."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text
from typing_extensions import override

from commands.layout import fitting
from domain.visible import acts_or_hides, escaped, visible, visible_lines
from kit.times import iso, moment

WIDE = 10_000
"""Output that goes to a file or a pipe is not cut to the width of a terminal."""


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    sys.stdout.write(written_json(value) + "\n")


def written_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    # Only strings hold characters to escape: JSON itself adds nothing but line breaks.
    written = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    for one in set(written) - {"\n"}:
        if acts_or_hides(one):
            written = written.replace(one, escaped(one))
    return written


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


def tell(sentence: str, style: str = "") -> None:
    """Print a sentence. A terminal gets it broken between words, with its commands whole."""
    _tell(console(), sentence, style)


def warn(sentence: str | None) -> None:
    """Print a sentence beside the output, so that a pipe does not get it."""
    if sentence is not None:
        _tell(SafeConsole(stderr=True), sentence)


def _tell(out: Console, sentence: str, style: str = "") -> None:
    for line in fitting(sentence, out.width) if out.is_terminal else [sentence]:
        out.print(Text(line, style=style), soft_wrap=True)


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


def _plain(value: Any) -> str:  # noqa: ANN401 - a value that json does not know
    return iso(value) if isinstance(value, datetime) else str(value)
