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
    closed_at: datetime | None = None


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
    return without_names(event.sentence, event.source, event.order_id, event.workflow_id)


def without_names(
    sentence: str, source: str, order_id: str | None, workflow_id: str | None = None
) -> str:
    """Return a sentence about an event without the names of its sale and without its commands."""
    told = COMMAND.sub("`…`", sentence)
    order = None if order_id is None else order_reference(source, order_id)
    # The longest first, because one name holds another.
    for name in sorted(filter(None, {order, order_id, workflow_id}), key=len, reverse=True):
        told = told.replace(name, "…")
    return NUMBERED.sub(r"\1 …", told)
