"""Lays rows and sentences out for the width of a terminal. Names and commands stay whole."""

import re
from collections.abc import Iterator, Sequence
from statistics import median

from rich.cells import cell_len
from rich.text import Text

GAP = 2
INDENT = 4
NARROW = 12
"""A column may always be so wide."""
COMMENT = "  # "
TOKEN = re.compile(r"(?:`[^`\n]{1,500}`|\S)+")
"""A word, or a command between backticks, which a person copies as one piece."""


def wrapped(sentence: str, width: int) -> list[str]:
    """Break a sentence between words, never within a command.

    A longer word stays whole, so that the terminal alone breaks it and a copy of it has no break.
    """
    lines = [""]
    for word in TOKEN.findall(sentence):
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def fitting(text: str, width: int) -> list[str]:
    """Return the lines of a text that ends in commands, for a terminal of this width.

    A line without room that is a command with a shell's comment becomes two, each to be copied.
    """
    return [each for line in text.split("\n") for each in _fitting(line, width)]


def _fitting(line: str, width: int) -> list[str]:
    if cell_len(line) <= width:
        return [line]
    blanks = line[: len(line) - len(line.lstrip())]
    command, hash_, comment = line.partition(COMMENT)
    if blanks and hash_:
        # The longest comment is broken, and stays a comment.
        room = width - len(blanks) - 2
        return [*(f"{blanks}# {part}" for part in wrapped(comment, room)), command]
    return [blanks + part for part in wrapped(line, width - len(blanks))]


def indented(sentence: Text, width: int, indent: int = INDENT) -> list[Text]:
    """Return the lines of a sentence behind `indent` blanks, in its style."""
    blanks = " " * indent
    return [
        Text(blanks + line, style=sentence.style)
        for line in wrapped(sentence.plain, width - indent)
    ]


def fits(rows: Sequence[Sequence[Text]], width: int) -> bool:
    """Tell whether each row has room on one line, with its cells in columns."""
    starts = _starts(_widths(rows))
    return all(starts[-1] + row[-1].cell_len <= width for row in rows)


def in_columns(rows: Sequence[Sequence[Text]], width: int) -> Iterator[list[Text]]:
    """Yield the lines of each row: one if the row fits into the width. The first row is a header.

    If some rows do not fit, a few long cells widen no column, and push their own row alone. A cell
    without room goes to a line of its own.
    """
    widths = _widths(rows) if fits(rows, width) else _usual_widths(rows)
    starts = _starts(widths)
    for row in rows:
        yield _flow(row, starts, width)


def _flow(row: Sequence[Text], starts: Sequence[int], width: int) -> list[Text]:
    lines = [Text()]
    for start, cell in zip(starts, row, strict=True):
        line = lines[-1]
        first = not line.plain.strip()
        at = line.cell_len if first else max(line.cell_len + GAP, start if len(lines) == 1 else 0)
        if not first and at + cell.cell_len > width:
            lines.append(Text(" " * INDENT))
            line, at = lines[-1], INDENT
        if cell.plain:
            line.append(" " * (at - line.cell_len))
            line.append_text(cell)
    return lines


def _widths(rows: Sequence[Sequence[Text]]) -> list[int]:
    return [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]


def _usual_widths(rows: Sequence[Sequence[Text]]) -> list[int]:
    return [_usual([cell.cell_len for cell in column]) for column in zip(*rows, strict=True)]


def _usual(widths: Sequence[int]) -> int:
    header, *cells = widths
    most = max(NARROW, header, median(cells) * 1.5)
    return max(width for width in widths if width <= most)


def _starts(widths: Sequence[int]) -> list[int]:
    return [sum(widths[:place]) + GAP * place for place in range(len(widths))]


def labeled(facts: Sequence[tuple[str, Text]], width: int, indent: int = 0) -> Iterator[Text]:
    """Yield the lines of facts, each behind its label. Labels are dim, and values break whole."""
    start = indent + max((cell_len(label) for label, _ in facts), default=0) + GAP
    for label, value in facts:
        first, *more = _beside(value, start, width)
        head = Text(" " * indent).append(label, style="dim")
        if first is not None:
            head.append(" " * (start - head.cell_len)).append_text(first)
        yield head
        yield from (line for line in more if line is not None)


def _beside(value: Text, start: int, width: int) -> list[Text | None]:
    """Return the lines beside a label. A word without room goes below it, so first comes None."""
    lines = wrapped(value.plain, width - start)
    if len(lines) == 1 and cell_len(lines[0]) <= width - start:
        return [value]  # It may have several styles.
    if any(cell_len(line) > width - start for line in lines):
        return [None, *indented(value, width)]
    return [Text(lines[0], style=value.style), *indented(Text.assemble(value), width, start)[1:]]
