"""`mintpost reread`: applies events that an older version ignored, after it shows the changes."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from activities.plans import PlanDecider
from commands.asking import require_yes
from commands.tables import print_json, tell
from db.applying import NewFacts
from db.engine import Database
from db.facts import SourcedFacts
from db.rereading import RereadEvent
from domain.advice import advised
from letters.composing import CatalogSource
from operations.outcomes import outcomes_of
from operations.reread import ReadAgain, Rereading, RereadLine
from storefronts.base import Storefront

NOTHING = "no event from before is left to be applied"
CLASSES = {
    "changes a license": "change a license",
    "is kept and changes nothing": "are kept and change nothing",
    "stays as it is": "stay as they are",
}
FOLLOWED = 1000
"""So many runs are waited for. All others go on as well."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the person."""

    dry_run: bool
    yes: bool
    may_mail: bool
    as_json: bool
    patience: timedelta


@dataclass(frozen=True, slots=True)
class Parts:
    database: Database
    storefronts: Mapping[str, Storefront]
    products: CatalogSource

    def rereading(self, *, may_mail: bool) -> Rereading:
        decider = PlanDecider(self.database, self.products)

        async def decide(event: ReadAgain) -> RereadEvent:
            plans = await decider.decide_all(SourcedFacts(event.source, event.facts))
            new = NewFacts(
                event.id, event.kind, event.source, event.facts, plans.decisions, may_mail
            )
            newest = max(fact.at for fact in event.facts)
            return RereadEvent(new, plans.notes, newest, event.names)

        return Rereading(self.database, self.storefronts, decide)


def run_reread(asked: Asked, parts: Parts) -> None:
    """Print what would change, and change it after a person agrees. Raises RefusedError."""
    rereading = parts.rereading(may_mail=asked.may_mail)
    events = asyncio.run(rereading.read())
    lines = asyncio.run(rereading.apply(events, preview=True))
    if not asked.as_json:
        _print(lines)
    if not asked.dry_run and any(line.outcome is not None for line in lines):
        require_yes(f"Apply {_events(len(lines))}?", yes=asked.yes)
        lines = asyncio.run(_apply(asked, parts, rereading, events))
    if asked.as_json:
        print_json([asdict(line) for line in lines])


async def _apply(
    asked: Asked, parts: Parts, rereading: Rereading, events: Sequence[ReadAgain]
) -> list[RereadLine]:
    lines = await rereading.apply(events, preview=False)
    going_on = [line.event_id for line in lines if line.goes_on]
    if not asked.as_json:
        _say(f"applied: {_summary(lines)}")
    if going_on:
        followed = await outcomes_of(parts.database, going_on[:FOLLOWED], asked.patience)
        waiting = [event.id for event in followed if event.outcome is None]
        if waiting and not asked.as_json:
            more = len(going_on) - len(followed) + len(waiting)
            _say(f"{_events(more)} wait for the API and a worker, and go on by themselves")
    return lines


def _print(lines: Sequence[RereadLine]) -> None:
    """Print each event that is more than read. There may be thousands that change nothing."""
    for line in lines:
        if line.changes or line.problem is not None or line.told:
            _say(f"event {line.event_id}, {_name(line)}: {_told(line)}")
    _say(_summary(lines) if lines else NOTHING)


def _name(line: RereadLine) -> str:
    kind = line.kind.replace("_", " ")
    return kind if line.order is None else f"{kind} of {line.order}"


def _told(line: RereadLine) -> str:
    if line.problem is not None:
        look = "" if line.order is None else f"; {advised('show', line.order)}"
        return f"stays as it is: {line.problem}{look}"
    said = "; ".join(line.told) or str(line.outcome)
    return f"{said}; mails the new token" if line.mails else said


def _summary(lines: Sequence[RereadLine]) -> str:
    counts = Counter(_class(line) for line in lines)
    told = [f"{counts[each]:,} {each if counts[each] == 1 else CLASSES[each]}" for each in counts]
    mails = sum(line.mails for line in lines)
    return f"{_events(len(lines))} from before: {', '.join(sorted(told))}; {_mails(mails)}"


def _class(line: RereadLine) -> str:
    change, none, stay = CLASSES
    if line.problem is not None:
        return stay
    return change if line.changes else none


def _mails(count: int) -> str:
    return "nobody is mailed" if count == 0 else f"mails to send: {count:,}"


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"


def _say(text: str) -> None:
    tell(text)
