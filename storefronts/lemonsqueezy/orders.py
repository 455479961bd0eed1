"""Orders: the payment, and the money that went back."""

from dataclasses import replace

from domain.event import NotedReason
from domain.facts import OrderLine, Payment, Reading, Waits
from storefronts.document import Member
from storefronts.lemonsqueezy.asking import order_with_items
from storefronts.lemonsqueezy.fields import Event, is_absent, money, past
from storefronts.lemonsqueezy.kinds import NEVER_PAID, PAID
from storefronts.lemonsqueezy.lines import line_of, lines_of
from storefronts.lemonsqueezy.payments import payment_of, refund_of

NO_REFUND = "it tells a refund of nothing"
NOT_PAID = {
    "failed": "the shop says that the payment of this order failed",
    "fraudulent": "the shop takes this order for a fraud, so it gets no license",
}


def read_order(event: Event) -> Reading:
    """Read a new order. Nothing is asked for an unpaid order, or for a body with a mistake."""
    if (unpaid := _unpaid(event.attributes)) is not None:
        return unpaid
    payment = read_payment(event)
    answer = order_with_items(event, payment.order_id)
    order = _newest(event, answer)
    if (unpaid := _unpaid(order)) is not None:
        return unpaid
    lines = lines_of(event, payment.order_id, answer, money(order["total"]))
    refund = refund_of(payment.order_id, order, event.request)
    return Reading((replace(payment, lines=lines), *([] if refund is None else [refund])))


def read_payment(event: Event) -> Payment:
    """Return the payment with the line of the body, which need not be the only one."""
    attributes, total = event.attributes, money(event.attributes["total"])
    payment = payment_of(event, event.id(), _first_line(attributes["first_order_item"], total))
    return replace(payment, order_number=attributes["order_number"].identifier_or_none())


def read_refund(event: Event) -> Reading:
    refund = refund_of(event.id(), event.attributes, event.request)
    if refund is None:
        return Reading(ends=Waits(NotedReason.PARTIAL_REFUND), note=NO_REFUND)
    return Reading((refund,))


def _first_line(item: Member, total: int) -> tuple[OrderLine, ...]:
    return (
        () if is_absent(item) else (replace(line_of(item, item["id"].identifier()), price=total),)
    )


def _newest(event: Event, answer: Member | None) -> Member:
    """Return the order's newer state: of the body or of the answer.

    A retry repeats an old body, and an API may answer for a moment as before the event.
    """
    if answer is None:
        return event.attributes
    asked = answer["data"]["attributes"]
    told_at = [past(each["updated_at"], event.request) for each in (event.attributes, asked)]
    return asked if told_at[1] >= told_at[0] else event.attributes


def _unpaid(order: Member) -> Reading | None:
    status = order["status"].text()
    if status in PAID:
        return None
    if status in NEVER_PAID:
        return Reading(ends=Waits(NotedReason.PAYMENT_FAILED), note=NOT_PAID[status])
    return Reading(ends=Waits(NotedReason.WAITS_FOR_PAYMENT))
