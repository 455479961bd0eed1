"""Groups events that wait for one cause, although each sentence names its own sale."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.event import EventStatus
from domain.identifiers import order_reference

NUMBERED = re.compile(r"\b(delivery|event|attempt) \d+")
COMMAND = re.compile(r"(`+).*?\1")


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event that is not settled, or that failed. `sentence` None: nothing went wrong so far."""

    id: int
    source: str
    order_id: str | None
    workflow_id: str | None
    status: EventStatus
    sentence: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Events with one status and one sentence. The oldest event stands first."""

    status: EventStatus
    source: str
    sentence: str | None
    events: Sequence[WaitingEvent]

    @property
    def oldest(self) -> datetime:
        return self.events[0].received_at

    @property
    def count(self) -> int:
        return len(self.events)


def grouped(events: Iterable[WaitingEvent]) -> list[WaitingGroup]:
    """Return the groups, the largest first. The sentence of a group is its oldest event's."""
    found: dict[tuple[EventStatus, str, str | None], list[WaitingEvent]] = {}
    for event in sorted(events, key=lambda each: (each.received_at, each.id)):
        found.setdefault((event.status, event.source, cause_of(event)), []).append(event)
    groups = [
        WaitingGroup(status, source, each[0].sentence, each)
        for (status, source, _), each in found.items()
    ]
    return sorted(groups, key=lambda group: -group.count)


def cause_of(event: WaitingEvent) -> str | None:
    """Return the sentence without the sale's own names, which is alike for all sales of a cause."""
    if event.sentence is None:
        return None
    told = COMMAND.sub("`…`", event.sentence)
    for name in _names(event):
        told = told.replace(name, "…")
    return NUMBERED.sub(r"\1 …", told)


def _names(event: WaitingEvent) -> list[str]:
    """Return the event's names, the longest first, because one holds another."""
    order = None if event.order_id is None else order_reference(event.source, event.order_id)
    names = {each for each in (order, event.order_id, event.workflow_id) if each}
    return sorted(names, key=len, reverse=True)
