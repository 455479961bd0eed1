"""Reads a ping's body into facts."""

from collections.abc import Iterator
from datetime import datetime

from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason
from domain.facts import Dispute, Fact, Ignored, Payment, Reading, Refund, SubscriptionState
from domain.identifiers import is_usable, is_usable_order_id
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.gumroad.fields import PingFields, read_fields
from storefronts.gumroad.kinds import kind_of
from storefronts.gumroad.payments import payment_of

PAID = (EventKind.SALE, EventKind.RECURRING_CHARGE)


def read_ping(ping: StoredRequest, seller_id: str | None) -> Reading:
    try:
        fields = read_fields(ping)
    except SaleInvalidError as error:
        return Reading(ends=error)
    try:
        kind = kind_of(fields)
        if seller_id and fields.text("seller_id") not in {"", seller_id}:
            return Reading(_order_facts(fields, ping), Ignored(IgnoredReason.FOREIGN_SELLER))
    except SaleInvalidError as error:
        return Reading(_order_facts(fields, ping), error)
    if kind == EventKind.TEST_PING:  # The purchase is a real customer's: keep no fact of its order.
        return Reading(ends=Ignored(kind))
    if kind in PAID:
        return _read_sale(fields, ping, kind)
    facts = (*_order_facts(fields, ping), *_subscription_facts(fields, ping, kind))
    return Reading(facts, _unknown(fields) if kind == EventKind.UNKNOWN else Ignored(kind))


def read_payment(ping: StoredRequest) -> Payment:
    return payment_of(read_fields(ping), ping)


def _read_sale(fields: PingFields, ping: StoredRequest, kind: EventKind) -> Reading:
    facts = _order_facts(fields, ping)
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


def _unknown(fields: PingFields) -> SaleInvalidError:
    name = values.quotable(fields.text("resource_name"))
    return SaleInvalidError(f'resource_name{name} is unknown; a sale\'s must be "sale"')


def _order_facts(fields: PingFields, ping: StoredRequest) -> tuple[Fact, ...]:
    """Read refund and dispute from a ping with an order. An odd ping gives no fact."""
    order_id = fields.usable("sale_id", is_usable_order_id)
    if order_id is None:
        return ()
    # A ping has no own time, only the time of the sale.
    at = values.arrival(ping.received_at, ping.read_at)
    try:
        return tuple(_refund_and_dispute(fields, order_id, at))
    except SaleInvalidError:
        return ()


def _refund_and_dispute(fields: PingFields, order_id: str, at: datetime) -> Iterator[Fact]:
    refunded, disputed, won = map(fields.flag, ("refunded", "disputed", "dispute_won"))
    if refunded or _names_refund(fields):
        yield Refund(order_id, at, whole=refunded)
    if disputed or won:
        yield Dispute(order_id, at, "won" if won else "open")


def _names_refund(fields: PingFields) -> bool:
    """Tell a refund of a part, which says `refunded=false` and no amount."""
    try:
        return fields.text("resource_name") == "refund"
    except SaleInvalidError:  # The ping is of no kind, and may tell a dispute nonetheless.
        return False


def _subscription_facts(
    fields: PingFields, ping: StoredRequest, kind: EventKind
) -> tuple[SubscriptionState, ...]:
    subscription_id = fields.usable("subscription_id", is_usable)
    if subscription_id is None:
        return ()
    at = values.arrival(ping.received_at, ping.read_at)
    match kind:
        case EventKind.CANCELLATION:
            return (SubscriptionState(subscription_id, at, renews=False),)
        case EventKind.SUBSCRIPTION_ENDED:
            return (SubscriptionState(subscription_id, at, renews=False, ended=True),)
        case EventKind.SUBSCRIPTION_RESTARTED:
            return (SubscriptionState(subscription_id, at, renews=True, ended=False),)
        case _:
            return ()
