"""Reads Paddle's notification destinations: `GET /notification-settings` (2026-11)."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from domain.questions import Question
from storefronts.document import Member
from storefronts.registrations import Registration, Registrations

RIGHT = "the right notification_setting.read"
FIRST = Question("/notification-settings?per_page=200", "its notification destinations", RIGHT)
PLATFORM = "platform"
SIMULATED = "sends the simulator's events too: choose the usage type platform there"


class PaddleRegistrations(Registrations):
    questions: ClassVar[tuple[Question, ...]] = (FIRST,)
    wanted: ClassVar[frozenset[str]] = frozenset(
        {
            "transaction.completed",
            "adjustment.created",
            "adjustment.updated",
            "subscription.created",
            "subscription.updated",
            "subscription.canceled",
            "subscription.paused",
            "subscription.resumed",
        }
    )

    @override
    def read(self, document: Member, question: Question) -> tuple[Registration, ...]:
        return tuple(_registrations(document["data"]))


def _registrations(data: Member) -> Iterator[Registration]:
    for each in data.items():
        # The others are addresses of people, who get a mail about each event.
        if each["type"].text() == "url":
            source = each["traffic_source"].text_or_none()
            yield Registration(
                each["destination"].text(),
                frozenset(event["name"].text() for event in each["subscribed_events"].items()),
                enabled=each["active"].flag(),
                flaw=SIMULATED if source not in {None, PLATFORM} else None,
            )
