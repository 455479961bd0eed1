"""`mintpost doctor`: a line for each part, with the remedy below it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from rich.console import Console
from rich.text import Text
from typing_extensions import override

from commands.layout import wrapped
from commands.tables import console, print_json
from domain.advice import is_command
from domain.findings import Finding, Level
from domain.visible import visible
from operations.doctor.checks import Examined, examine
from operations.doctor.parts import Installation

STYLES = {
    Level.OK: "green",
    Level.WARNING: "yellow",
    Level.BROKEN: "bold red",
    Level.UNCHECKED: "dim",
}
WIDTH = max(map(len, Level)) + 2
INDENT = 2
THREADS = 16


class UnawaitedThreads(ThreadPoolExecutor):
    """Threads for whose end nobody waits, because a hung disk or name service may hold them."""

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


async def run_doctor(installation: Installation) -> list[Examined]:
    # The loop waits for the end of its own threads before it closes.
    asyncio.get_running_loop().set_default_executor(UnawaitedThreads(THREADS))
    return await examine(installation.checks())


def print_examined(examined: Sequence[Examined], *, as_json: bool) -> None:
    if as_json:
        print_json([_plain(each.finding) for each in examined])
        return
    out = console()
    for group, found in groupby(examined, lambda each: each.group):
        if out.is_terminal:
            out.print(group, style="bold")
        for each in found:
            _print_finding(each.finding, out)
    out.print(_summary(examined), soft_wrap=True)


def _print_finding(finding: Finding, out: Console) -> None:
    level = Text(f"{finding.level:<{WIDTH}}", style=STYLES[finding.level])
    sentence, remedy = visible(finding.sentence), visible(finding.remedy or "")
    if not out.is_terminal:
        # One row, so that grep finds the level, the part and the remedy together.
        arrow = f"  -> {remedy}" if remedy else ""
        out.print(level, Text(f"{sentence}{arrow}"), sep="", soft_wrap=True)
        return
    first, *rest = wrapped(sentence, out.width - WIDTH - INDENT)
    out.print(" " * INDENT, level, Text(first), sep="", soft_wrap=True)
    for line in rest:
        out.print(" " * (WIDTH + INDENT), Text(line), sep="", soft_wrap=True)
    if remedy:
        _print_remedy(remedy, out)


def _print_remedy(remedy: str, out: Console) -> None:
    """Wrap an order in words. A command stays whole, so that a person copies it as one piece."""
    arrow, blanks = "→ ", " " * (WIDTH + INDENT)
    room = out.width - len(blanks) - len(arrow)
    lines = [remedy] if is_command(remedy) else wrapped(remedy, room)
    for line in lines:
        out.print(blanks, Text(f"{arrow}{line}", style="cyan"), sep="", soft_wrap=True)
        arrow = " " * len(arrow)


def _summary(examined: Iterable[Examined]) -> Text:
    counts = Counter(each.finding.level for each in examined)
    said = [Text(f"{counts[level]} {level}", style=STYLES[level]) for level in Level]
    return Text(", ").join(text for text, level in zip(said, Level, strict=True) if counts[level])


def _plain(finding: Finding) -> dict[str, str | None]:
    return {
        "part": finding.cause,
        "level": finding.level,
        "sentence": finding.sentence,
        "remedy": finding.remedy,
    }
