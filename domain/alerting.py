"""Decides which findings are told now, and when all is well again.

A cause is over when no process has seen it for a while. So a process need not know what another
sees, a cause that flaps is one cause, and nothing remains of a process that crashed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.findings import Finding, Level

LONGEST_CAUSE = 200
OVER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Standing:
    """A cause as it is remembered.

    `since` is its begin, `seen_at` its last sight. `told_at` and `told_count` belong to the last
    digest with it. `closed_at` is the closing note after that digest.
    """

    cause: str
    sentence: str
    since: datetime
    seen_at: datetime
    told_at: datetime | None = None
    told_count: int = 0
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether a digest had this cause, and no closing note has followed."""
        return self.told_at is not None and self.closed_at is None


@dataclass(frozen=True, slots=True)
class Pace:
    """The times of alerts.

    A trouble is told when it has lasted for `after`, and again each `every`; what has happened and
    gets no worse, each `daily`. It is over when nobody has seen it for `over`.
    """

    after: timedelta = timedelta(minutes=5)
    every: timedelta = timedelta(hours=1)
    daily: timedelta = timedelta(days=1)
    over: timedelta = OVER


@dataclass(frozen=True, slots=True)
class Judged:
    """`due` is to be told now. A closing note tells `ended` now; mostly it is empty."""

    standing: tuple[Standing, ...]
    due: tuple[Finding, ...] = ()
    ended: tuple[Standing, ...] = ()


def judge(known: Iterable[Standing], found: Sequence[Finding], now: datetime, pace: Pace) -> Judged:
    rows = {each.cause: each for each in known}
    due: list[Finding] = []
    for finding in joined(found):
        row = _seen(rows.get(finding.cause), finding, now, pace)
        if _is_due(row, finding, now, pace):
            row = replace(row, told_at=now, told_count=finding.count, closed_at=None)
            due.append(replace(finding, since=finding.since or row.since))
        rows[finding.cause] = row
    ended = tuple(_ended(rows, now, pace))
    for each in ended:
        rows[each.cause] = replace(each, closed_at=now)
    kept = tuple(each for each in rows.values() if _is_kept(each, now, pace))
    return Judged(kept, tuple(due), ended)


def joined(found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield one finding for each cause. A finding with nothing wrong is left out."""
    causes: dict[str, Finding] = {}
    for each in found:
        if each.level is Level.OK:
            continue
        finding = replace(each, cause=each.cause[:LONGEST_CAUSE])
        first = causes.get(finding.cause)
        causes[finding.cause] = finding if first is None else _both(first, finding)
    yield from causes.values()


def _both(first: Finding, second: Finding) -> Finding:
    level = Level.BROKEN if Level.BROKEN in (first.level, second.level) else first.level
    sentence = f"{first.sentence} {second.sentence}"
    return replace(first, sentence=sentence, level=level, count=first.count + second.count)


def _seen(row: Standing | None, finding: Finding, now: datetime, pace: Pace) -> Standing:
    if row is None:
        return Standing(finding.cause, finding.sentence, now, now)
    since = now if _is_over(row, now, pace) else row.since
    # Fewer than were told: the next one of them is news again.
    told = min(row.told_count, finding.count)
    return replace(row, sentence=finding.sentence, since=since, seen_at=now, told_count=told)


def _is_due(row: Standing, finding: Finding, now: datetime, pace: Pace) -> bool:
    if finding.may_pass and now - row.since < pace.after:
        return False
    if row.told_at is None:
        return True
    # A clock that was ahead once must not silence a cause until that time.
    waited = abs(now - row.told_at)
    repeats = not finding.happened or finding.count > row.told_count
    return waited >= (pace.every if repeats else pace.daily)


def _ended(rows: Mapping[str, Standing], now: datetime, pace: Pace) -> Iterator[Standing]:
    if all(_is_over(each, now, pace) for each in rows.values()):
        yield from (each for each in rows.values() if each.is_open)


def _is_over(row: Standing, now: datetime, pace: Pace) -> bool:
    return is_over(row.seen_at, now, pace.over)


def is_over(seen_at: datetime, now: datetime, over: timedelta = OVER) -> bool:
    return abs(now - seen_at) >= over


def _is_kept(row: Standing, now: datetime, pace: Pace) -> bool:
    """Keep a cause that is over for as long as it must not be told again."""
    if not _is_over(row, now, pace) or row.is_open:
        return True
    return row.told_at is not None and abs(now - row.told_at) < pace.daily


def merged(stored: Iterable[Standing], own: Iterable[Standing]) -> list[Standing]:
    """Return the causes of both: `own` was told while the database could not be asked."""
    rows = {each.cause: each for each in stored}
    for each in own:
        other = rows.get(each.cause)
        rows[each.cause] = each if other is None else max(other, each, key=_told)
    return list(rows.values())


def _told(row: Standing) -> tuple[bool, datetime]:
    return row.told_at is not None, row.told_at or row.seen_at
