"""Reads Lemon Squeezy's webhooks: `GET /v1/webhooks` (2026-11)."""

from typing import ClassVar

from typing_extensions import override

from domain.questions import Question
from storefronts.document import Member
from storefronts.registrations import Registration, Registrations, texts

FIRST = Question(
    "/v1/webhooks?page%5Bsize%5D=100", "its webhooks", "the right to read, which each key has"
)


class LemonSqueezyRegistrations(Registrations):
    questions: ClassVar[tuple[Question, ...]] = (FIRST,)
    wanted: ClassVar[frozenset[str]] = frozenset(
        {
            "order_created",
            "order_refunded",
            "subscription_created",
            "subscription_updated",
            "subscription_cancelled",
            "subscription_resumed",
            "subscription_expired",
            "subscription_paused",
            "subscription_unpaused",
            "subscription_payment_success",
            "subscription_payment_refunded",
        }
    )

    @override
    def read(self, document: Member, question: Question) -> tuple[Registration, ...]:
        return tuple(map(_registration, document["data"].items()))


def _registration(webhook: Member) -> Registration:
    attributes = webhook["attributes"]
    return Registration(attributes["url"].text(), texts(attributes["events"]))
