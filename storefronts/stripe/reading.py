"""Names and reads each event of Stripe by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import Ignored, Reading, Waits
from storefronts.base import Naming, StoredRequest
from storefronts.document import read_document
from storefronts.stripe.disputes import name_dispute, read_dispute
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.invoices import name_invoice, read_invoice
from storefronts.stripe.refunds import (
    name_failed_refund,
    name_refund,
    read_failed_refund,
    read_refund,
)
from storefronts.stripe.sessions import name_session, read_session
from storefronts.stripe.subscriptions import name_subscription, read_subscription


@dataclass(frozen=True, slots=True)
class Handled:
    name: Callable[[StripeEvent], Naming]
    read: Callable[[StripeEvent], Reading]


SESSION = Handled(name_session, read_session)
SUBSCRIPTION = Handled(name_subscription, read_subscription)
DISPUTE = Handled(name_dispute, read_dispute)
HANDLED: Mapping[str, Handled] = {
    "checkout.session.completed": SESSION,
    "checkout.session.async_payment_succeeded": SESSION,
    "checkout.session.async_payment_failed": SESSION,
    "invoice.paid": Handled(name_invoice, read_invoice),
    "customer.subscription.updated": SUBSCRIPTION,
    "customer.subscription.paused": SUBSCRIPTION,
    "customer.subscription.resumed": SUBSCRIPTION,
    "customer.subscription.deleted": SUBSCRIPTION,
    "charge.refunded": Handled(name_refund, read_refund),
    "refund.failed": Handled(name_failed_refund, read_failed_refund),
    "charge.dispute.created": DISPUTE,
    "charge.dispute.updated": DISPUTE,
    "charge.dispute.closed": DISPUTE,
}
NOT_NEEDED = frozenset(
    {
        "payment_intent.succeeded",
        "charge.succeeded",
        "refund.created",
        "refund.updated",
        "charge.refund.updated",
        "checkout.session.expired",
    }
)
"""The same money under other names."""
FAMILIES_NOT_NEEDED = ("invoice.", "customer.")


def name_event(event: StripeEvent) -> Naming:
    """Name the event. Raises SaleInvalidError."""
    handled = HANDLED.get(event.name)
    if handled is not None:
        return handled.name(event)
    kind = EventKind.KNOWN if _is_not_needed(event.name) else EventKind.UNKNOWN
    return Naming(kind, event_key=event.key)


def read_event(request: StoredRequest, ours: frozenset[str] = frozenset()) -> Reading:
    """Read the event. `ours` are our own accounts; without any, each account is believed."""
    return _read(StripeEvent(read_document(request.body), request), ours)


def _read(event: StripeEvent, ours: frozenset[str]) -> Reading:
    if ours and event.account not in {None, *ours}:
        return Reading(ends=Ignored(IgnoredReason.FOREIGN_ACCOUNT))
    event.request.require_side(is_test=event.is_test)
    handled = HANDLED.get(event.name)
    if handled is not None:
        return handled.read(event)
    if _is_not_needed(event.name):
        return Reading(ends=Ignored(event.name))
    return Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))


def _is_not_needed(name: str) -> bool:
    return name in NOT_NEEDED or name.startswith(FAMILIES_NOT_NEEDED)
