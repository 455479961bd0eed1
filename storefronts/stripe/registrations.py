"""Reads Stripe's webhook endpoints: `GET /v1/webhook_endpoints` (2026-11)."""

from typing import ClassVar

from typing_extensions import override

from domain.questions import Question
from storefronts.document import Member
from storefronts.registrations import Registration, Registrations, texts

RIGHT = "read rights for Webhook Endpoints"
FIRST = Question("/v1/webhook_endpoints?limit=100", "its webhooks", RIGHT)


class StripeRegistrations(Registrations):
    questions: ClassVar[tuple[Question, ...]] = (FIRST,)
    wanted: ClassVar[frozenset[str]] = frozenset(
        {
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "invoice.paid",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "charge.refunded",
            "refund.failed",
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.closed",
        }
    )
    not_listed: ClassVar[str | None] = "a destination of thin events"

    @override
    def read(self, document: Member, question: Question) -> tuple[Registration, ...]:
        return tuple(map(_registration, document["data"].items()))


def _registration(endpoint: Member) -> Registration:
    return Registration(
        endpoint["url"].text(),
        texts(endpoint["enabled_events"]),
        enabled=endpoint["status"].text() == "enabled",
    )
