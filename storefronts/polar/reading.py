"""Reads Polar's events into facts."""

from collections.abc import Callable
from typing import TypeVar

from domain.errors import FactInvalidError, SaleInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import Fact, Ignored, Reading, Waits
from storefronts.base import StoredRequest
from storefronts.document import Member, read_document
from storefronts.polar.events import (
    BILLED,
    CYCLE,
    DECIDED,
    FAILED,
    GRANTED,
    PAID,
    REFUNDED,
    REFUNDS,
    STATES,
    is_not_needed,
)
from storefronts.polar.orders import (
    is_after_the_end,
    payment_of,
    prevented_dispute,
    refund_of_order,
)
from storefronts.polar.subscriptions import note_of, states_of

T = TypeVar("T")

MANUAL = Reading(
    ends=Ignored("manual_charge"), note="it is a charge by hand and of no product, so it buys none"
)
LAST_BILL = Reading(
    ends=Ignored("usage_after_end"),
    note="it is the last usage bill of a subscription that is over, and extends nothing",
)
UNKNOWN_REASON = "its billing_reason is unknown to this version of Mintpost"
SECOND_KEY = (
    "Polar gives the buyer a license key of its own beside Mintpost's: remove the benefit of the "
    'type "license keys" from the product'
)


def read_event(request: StoredRequest, ours: frozenset[str]) -> Reading:
    """Read an event. Of `ours`, the seller's organizations, none means that each is believed."""
    return _read(read_document(request.body), request, ours)


def _read(document: Member, request: StoredRequest, ours: frozenset[str]) -> Reading:
    name, data = document["type"].text(), document["data"]
    if ours and not ours.issuperset(_organizations(data)):
        return Reading(ends=Ignored(IgnoredReason.FOREIGN_ACCOUNT))
    if name == PAID:
        return _paid(document, request)
    if name in REFUNDS:
        return _refund(document, request)
    if name == REFUNDED or name in STATES:
        return _change(name, document, request)
    if is_not_needed(name):
        return Reading(ends=Ignored(name), note=_warning(name, data))
    return Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))


def _change(name: str, document: Member, request: StoredRequest) -> Reading:
    if name == REFUNDED:
        refund = _of_fact(lambda: refund_of_order(document, request))
        return Reading((refund,), Ignored(EventKind.REFUND))
    states = _of_fact(lambda: states_of(name, document, request))
    return Reading(states, Ignored(STATES[name]), note=note_of(name, document))


def _paid(document: Member, request: StoredRequest) -> Reading:
    order = document["data"]
    reason = order["billing_reason"].text_or_none() or ""
    if reason not in BILLED:
        return Reading(ends=Waits(NotedReason.UNKNOWN_EVENT), note=UNKNOWN_REASON)
    if BILLED[reason] == EventKind.KNOWN:
        return Reading(ends=Ignored(reason))
    if order["product_id"].is_null():
        return MANUAL
    if reason == CYCLE and is_after_the_end(order):
        return LAST_BILL
    return Reading((payment_of(document, request),))


def _refund(document: Member, request: StoredRequest) -> Reading:
    """Read a refund. The order's own event tells how much of the order went back."""
    refund = document["data"]
    status = refund["status"].text()
    if refund["reason"].text_or_none() == "dispute_prevention" and status in DECIDED:
        fact: Fact = _of_fact(lambda: prevented_dispute(document, request))
        return Reading((fact,), Ignored(EventKind.REFUND))
    if status in FAILED:
        return Reading(ends=Waits(NotedReason.REFUND_REJECTED))
    made = status in DECIDED
    return Reading(ends=Waits(NotedReason.REFUND if made else NotedReason.REFUND_REQUESTED))


def _of_fact(read: Callable[[], T]) -> T:
    try:
        return read()
    except SaleInvalidError as error:
        raise FactInvalidError(error.what) from None


def _organizations(data: Member) -> list[str]:
    """Return the organizations that the event names, in the places where Polar writes them."""
    places = (lambda: data, lambda: data["customer"], lambda: data["product"])
    return [each for place in places if (each := _organization_in(place)) is not None]


def _organization_in(place: Callable[[], Member]) -> str | None:
    try:
        return place()["organization_id"].text_or_none()
    except SaleInvalidError:
        return None


def _warning(name: str, data: Member) -> str | None:
    """Warn of a second license key, which the buyer would take for ours."""
    try:
        key = data["properties"]["license_key_id"].text_or_none() if name == GRANTED else None
    except SaleInvalidError:
        return None
    return None if key is None else SECOND_KEY
