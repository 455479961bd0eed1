"""Invoices: the later payments of a subscription, which are no orders at this shop.

An invoice names its subscription alone: no order, no product, no quantity, no end.
"""

from dataclasses import replace

from domain.errors import SaleInvalidError
from domain.event import NotedReason
from domain.facts import Ignored, OrderLine, Reading, Refund, Waits
from domain.wanted import ONLY_LINE
from storefronts.lemonsqueezy.asking import UNKNOWN, subscription
from storefronts.lemonsqueezy.fields import Event, money
from storefronts.lemonsqueezy.lines import product_of
from storefronts.lemonsqueezy.payments import payment_of, refund_of
from storefronts.lemonsqueezy.subscriptions import link_of, paid_until, state_of

PREFIX = "invoice-"
"""Orders and invoices are numbered apart, so an invoice may have the number of an order."""

FIRST, RENEWAL, PLAN_CHANGE = "initial", "renewal", "updated"
PLAN_MONEY = "the money of a change of plan went back, so the license stays as it is"
UNKNOWN_REASON = "its billing_reason is unknown; another event tells what became of its license"


def invoice_order(event: Event) -> str:
    """Return the order id of an invoice."""
    return PREFIX + event.id()


def read_paid_invoice(event: Event) -> Reading:
    match event.attributes["billing_reason"].text():
        case "renewal":
            return _renewal(event)
        case "initial" | "updated":
            return Reading(ends=Ignored(event.name))
        case _:
            return Reading(ends=Waits(NotedReason.UNKNOWN_EVENT), note=UNKNOWN_REASON)


def _renewal(event: Event) -> Reading:
    """Read a renewal. The subscription, as it is now, tells all else that counts."""
    order_id, total = invoice_order(event), money(event.attributes["total"])
    payment, refund = payment_of(event, order_id, ()), refund_of_invoice(event, order_id)
    told = subscription(event)
    if told is None:
        raise SaleInvalidError(UNKNOWN.format("subscription"))
    attributes, state = told["attributes"], state_of(told, event.request)
    line = OrderLine(ONLY_LINE, product_of(attributes), state.seats or 1, total)
    renewal = replace(
        payment,
        lines=(line,),
        subscription_id=state.subscription_id,
        charge=True,
        paid_until=paid_until(attributes, event.request),
    )
    return Reading((renewal, link_of(told, state, event.request), state, *refund))


def read_refunded_invoice(event: Event) -> Reading:
    if event.attributes["billing_reason"].text() == PLAN_CHANGE:
        return Reading(ends=Waits(NotedReason.PARTIAL_REFUND), note=PLAN_MONEY)
    return Reading(refund_of_invoice(event, refunded_order(event)))


def refunded_order(event: Event) -> str:
    """Return the order whose money went back. A first invoice is the payment of its order."""
    if event.attributes["billing_reason"].text() != FIRST:
        return invoice_order(event)
    told = subscription(event)
    return (
        invoice_order(event) if told is None else told["attributes"]["order_id"].order_identifier()
    )


def refund_of_invoice(event: Event, order_id: str) -> tuple[Refund, ...]:
    refund = refund_of(order_id, event.attributes, event.request)
    return () if refund is None else (refund,)
