"""The contract of a shop's own list of webhooks: a check reads it, and changes nothing there."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from domain.questions import Question
from storefronts.document import Member

EVERY_EVENT = "*"
"""A shop's word for a webhook that gets every event."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A webhook as the shop has it.

    `url` may hold the webhook's secret, so a check compares it and never shows it. `flaw` is a
    mistake in its options, as the end of a sentence: "sends the simulator's events too".
    """

    url: str = field(repr=False)
    events: frozenset[str]
    enabled: bool = True
    flaw: str | None = None

    def lacks(self, wanted: frozenset[str]) -> frozenset[str]:
        return frozenset() if EVERY_EVENT in self.events else wanted - self.events


class Registrations(ABC):
    """Reads a shop's list of webhooks. Nothing here does I/O."""

    wanted: ClassVar[frozenset[str]]
    """The events that a webhook of ours must get."""

    questions: ClassVar[tuple[Question, ...]]
    """The questions whose answers together are the list."""

    not_listed: ClassVar[str | None] = None
    """A way by which the shop's events may come, although its list does not have it."""

    @abstractmethod
    def read(self, document: Member, question: Question) -> tuple[Registration, ...]:
        """Read the answer to the question. Raises SaleInvalidError."""


def texts(member: Member) -> frozenset[str]:
    return frozenset(each.text() for each in member.items())
