"""Reads Polar's webhook endpoints: `GET /v1/webhooks/endpoints` (2026-11)."""

from typing import ClassVar

from typing_extensions import override

from domain.questions import Question
from storefronts.document import Member
from storefronts.registrations import Registration, Registrations, texts

FIRST = Question(
    "/v1/webhooks/endpoints?limit=100", "its webhook endpoints", "the scope webhooks:read"
)
RAW = "raw"
OTHER_FORMAT = "sends bodies in a format for a chat program: choose the format Raw there"


class PolarRegistrations(Registrations):
    questions: ClassVar[tuple[Question, ...]] = (FIRST,)
    wanted: ClassVar[frozenset[str]] = frozenset(
        {
            "order.paid",
            "order.refunded",
            "refund.created",
            "refund.updated",
            "subscription.updated",
            "subscription.canceled",
            "subscription.uncanceled",
            "subscription.revoked",
            "subscription.paused",
            "subscription.resumed",
        }
    )

    @override
    def read(self, document: Member, question: Question) -> tuple[Registration, ...]:
        return tuple(map(_registration, document["items"].items()))


def _registration(endpoint: Member) -> Registration:
    return Registration(
        endpoint["url"].text(),
        texts(endpoint["events"]),
        enabled=endpoint["enabled"].flag(),
        flaw=None if endpoint["format"].text() == RAW else OTHER_FORMAT,
    )
