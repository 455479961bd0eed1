"""Reads a ping's body into facts."""

from domain.errors import FactInvalidError, SaleInvalidError
from domain.event import APPLIED_KINDS, EventKind, IgnoredReason, NotedReason
from domain.facts import Dispute, Ignored, Payment, Reading, Refund, SubscriptionState, Waits
from storefronts.base import StoredRequest
from storefronts.gumroad.fields import PingFields, read_fields
from storefronts.gumroad.kinds import kind_of
from storefronts.gumroad.orders import flagged, refund_or_dispute
from storefronts.gumroad.payments import payment_of
from storefronts.gumroad.subscriptions import state_of

PAID = (EventKind.SALE, EventKind.RECURRING_CHARGE)
OF_ORDERS = (EventKind.REFUND, EventKind.DISPUTE, EventKind.DISPUTE_WON)


def read_ping(ping: StoredRequest, seller_id: str | None) -> Reading:
    try:
        fields = read_fields(ping)
        # Another seller's ping tells nothing of the orders here. Without facts, the ping is read
        # again when somebody corrects the setting.
        if seller_id and fields.text("seller_id") not in {"", seller_id}:
            return Reading(ends=Ignored(IgnoredReason.FOREIGN_SELLER))
    except SaleInvalidError as error:
        return Reading(ends=error)
    try:
        kind = kind_of(fields)
    except SaleInvalidError as error:
        return Reading(tuple(flagged(fields, ping)), error)
    return _read(fields, ping, kind)


def read_payment(ping: StoredRequest) -> Payment:
    return payment_of(read_fields(ping), ping)


def _read(fields: PingFields, ping: StoredRequest, kind: EventKind) -> Reading:
    if kind == EventKind.TEST_PING:  # The purchase is a real customer's: keep no fact of its order.
        return Reading(ends=Ignored(kind))
    if kind in PAID:
        return _read_sale(fields, ping, kind)
    if kind in APPLIED_KINDS:
        return _read_change(fields, ping, kind)
    unknown = kind == EventKind.UNKNOWN
    ends = Waits(NotedReason.UNKNOWN_EVENT) if unknown else Ignored(kind)
    return Reading(tuple(flagged(fields, ping)), ends)


def _read_sale(fields: PingFields, ping: StoredRequest, kind: EventKind) -> Reading:
    facts = tuple(flagged(fields, ping))
    try:
        if fields.flag("refunded"):
            return Reading(facts, Ignored(IgnoredReason.REFUNDED))
        payment = payment_of(fields, ping, charge=kind == EventKind.RECURRING_CHARGE)
    except SaleInvalidError as error:
        return Reading(facts, error)
    if payment.charge and payment.subscription_id is None:
        lacking = SaleInvalidError("a recurring charge must have a subscription_id")
        return Reading(facts, lacking)
    return Reading((payment, *facts))


def _read_change(fields: PingFields, ping: StoredRequest, kind: EventKind) -> Reading:
    """Read an event that changes a license. The flags may tell a second fact of its order."""
    facts = tuple(flagged(fields, ping))
    try:
        own = _own_fact(fields, ping, kind)
    except SaleInvalidError as error:
        return Reading(facts, FactInvalidError(error.what))
    return Reading((own, *(each for each in facts if each.kind != own.kind)))


def _own_fact(
    fields: PingFields, ping: StoredRequest, kind: EventKind
) -> Refund | Dispute | SubscriptionState:
    if kind in OF_ORDERS:
        return refund_or_dispute(fields, ping, kind)
    return state_of(fields, ping, kind)
