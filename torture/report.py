"""Prints the progress and the result of a torture run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from torture.drawing import count_events
from torture.evidence import Evidence
from torture.plan import Schedule
from torture.traffic import OK
from torture.verdict import KINDS, Breach

MOST_BREACHES = 20


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a round. `quiet_after` is None when work was still left at the end."""

    schedule: Schedule
    evidence: Evidence
    breaches: Sequence[Breach]
    quiet_after: float | None
    seconds: float


@dataclass(slots=True)
class ProgressReporter:
    """Prints a line for each happening, and shows progress bars when the output is a terminal."""

    console: Console
    began: float = field(default_factory=monotonic)
    _progress: Progress | None = None
    _bars: list[TaskID] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        elapsed = f"[dim]{monotonic() - self.began:7.1f} s[/]"
        self.console.print(elapsed, Text(sentence), highlight=False, soft_wrap=True)

    @contextmanager
    def round(self, schedule: Schedule) -> Iterator[None]:
        columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn())
        self.began = monotonic()
        shown = self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=not shown) as bars:
            self._progress = bars
            totals = {
                "requests answered": len(schedule.requests),
                "sales done": len(schedule.orders),
            }
            self._bars = [bars.add_task(name, total=total) for name, total in totals.items()]
            yield

    def show(self, *counts: int) -> None:
        if self._progress is not None:
            for bar, count in zip(self._bars, counts, strict=True):
                self._progress.update(bar, completed=count)


def print_result(result: Result, console: Console) -> None:
    console.print()
    console.print(_table(result))
    told = f"  {_time(result)}; {_answers(result.evidence)}"
    console.print(told, highlight=False, soft_wrap=True)
    if happened := _happened(result):
        console.print(f"  after the sales: {happened}", highlight=False, soft_wrap=True)
    verdict = "  ".join(_verdict(result, kind) for kind in KINDS)
    console.print(f"  {verdict}", soft_wrap=True)
    for breach in result.breaches[:MOST_BREACHES]:
        line = f"    {breach.kind:<8} {breach.order_id}  {breach.what}"
        console.print(Text(line, "red"), soft_wrap=True)
    if (more := len(result.breaches) - MOST_BREACHES) > 0:
        console.print(f"    … and {more} more", style="red")


def _table(result: Result) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="bold")
    table.add_column("")
    table.add_column("count", justify="right")
    table.add_column("per sale", justify="right")
    table.add_column("right is", style="dim")
    sales = len(result.schedule.orders)
    for name, (count, right) in _counts(result).items():
        table.add_row(name, str(count), f"{count / sales:.2f}", right)
    return table


def _counts(result: Result) -> dict[str, tuple[int, str]]:
    found, orders = result.evidence, result.schedule.orders
    answered = sum(attempt.status == OK for attempt in found.attempts)
    asked = len({attempt.mark for attempt in found.attempts if attempt.status == OK})
    licenses = len({order.subscription_id or order.order_id for order in orders})
    acted = len({planned.key for planned in result.schedule.acts})
    return {
        "requests": (len(found.attempts), ""),
        "answered 200": (answered, ""),
        "events": (len(found.rows), f"{asked + acted}, or more: answers get lost"),
        "sales": (len(found.sales), f"{len(orders)}"),
        "corrections": (sum(found.asked.values()), f"{len(result.schedule.corrections)}"),
        "licenses": (
            len(found.licenses),
            f"{_fewest(result, licenses)}{licenses}: a membership has one",
        ),
        "deliveries": (
            len(found.deliveries),
            "one a license, gain and resend",
        ),
        "messages taken": (len(found.messages), "one a delivery or letter, or none needed"),
        "questions of apps": (len(found.calls), ""),
        "reports of mails": (found.reports, ""),
    }


def _time(result: Result) -> str:
    if result.quiet_after is None:
        return "it never came to rest"
    return f"quiet {result.quiet_after:.1f} s after the last fault, {result.seconds:.0f} s in all"


def _answers(found: Evidence) -> str:
    taken = [attempt.seconds for attempt in found.attempts if attempt.status == OK] or [0.0]
    return f"answers took {median(taken) * 1000:.0f} ms in the middle, {max(taken):.1f} s at most"


def _fewest(result: Result, licenses: int) -> str:
    """Return the number if each sale that was taken back was so before it had a license."""
    without = sum(not each.story.end.needs_license for each in result.schedule.stories)
    return f"{licenses - without} to " if without else ""


def _happened(result: Result) -> str:
    counts = count_events(result.schedule.stories)
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _verdict(result: Result, kind: str) -> str:
    count = sum(breach.kind == kind for breach in result.breaches)
    return f"[bold {'red' if count else 'green'}]{kind} = {count}[/]"
