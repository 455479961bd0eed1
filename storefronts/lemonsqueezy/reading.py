"""Reads an event into facts."""

from collections.abc import Callable, Mapping

from domain.errors import FactInvalidError, SaleInvalidError
from domain.event import APPLIED_KINDS, IgnoredReason, NotedReason
from domain.facts import Ignored, Reading, Waits
from storefronts.base import StoredRequest
from storefronts.lemonsqueezy import orders
from storefronts.lemonsqueezy.fields import Event, read_event
from storefronts.lemonsqueezy.invoices import read_paid_invoice, read_refunded_invoice
from storefronts.lemonsqueezy.kinds import (
    DISPUTES,
    LICENSE_KEY_CREATED,
    NOT_NEEDED,
    OF_SUBSCRIPTIONS,
    ORDER_CREATED,
    ORDER_REFUNDED,
    PAYMENT_REFUNDED,
    PAYMENT_SUCCESS,
    kind_of,
)
from storefronts.lemonsqueezy.subscriptions import read_subscription

DISPUTED = (
    "the shop tells of a dispute and documents nothing of it, so no license was changed: look the "
    "order up at the shop; if the money is gone, take its license back: "
    "`mintpost revoke lemonsqueezy:ORDER --reason TEXT`"
)
SECOND_KEY = (
    "the shop gave this buyer a license key of its own beside Mintpost's: switch license keys off "
    "in the settings of the product there"
)
READERS: Mapping[str, Callable[[Event], Reading]] = {
    ORDER_CREATED: orders.read_order,
    ORDER_REFUNDED: orders.read_refund,
    PAYMENT_SUCCESS: read_paid_invoice,
    PAYMENT_REFUNDED: read_refunded_invoice,
    **dict.fromkeys(OF_SUBSCRIPTIONS, read_subscription),
}


def read_request(request: StoredRequest, ours: frozenset[str]) -> Reading:
    event = read_event(request)
    if ours and event.attributes["store_id"].identifier_or_none() not in {None, *ours}:
        return Reading(ends=Ignored(IgnoredReason.FOREIGN_ACCOUNT))
    request.require_side(is_test=event.is_test())
    return _read(event)


def _read(event: Event) -> Reading:
    if event.name in READERS:
        return _read_known(event)
    if event.name in DISPUTES:
        return Reading(ends=Waits(NotedReason.DISPUTE), note=DISPUTED)
    if event.name in NOT_NEEDED:
        note = SECOND_KEY if event.name == LICENSE_KEY_CREATED else None
        return Reading(ends=Ignored(event.name), note=note)
    return Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))


def _read_known(event: Event) -> Reading:
    try:
        return READERS[event.name](event)
    except SaleInvalidError as error:
        if kind_of(event.name, event.attributes) in APPLIED_KINDS:
            raise FactInvalidError(error.what) from None
        raise
