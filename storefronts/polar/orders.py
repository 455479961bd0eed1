"""Orders: their payments and their refunds."""

from datetime import datetime
from urllib.parse import quote

from domain.errors import SaleInvalidError
from domain.facts import Buyer, OrderLine, Payment, Refund
from domain.questions import Question
from domain.sale import CORRECTED
from domain.text import plain_text
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.polar.events import CYCLE, FAILED
from storefronts.polar.subscriptions import MOST_SEATS, product_of
from storefronts.polar.times import end_or_none, event_time

MOST_MONEY = 10**12
ONLY_LINE = "1"
"""An order has exactly one product. Its `items` are the lines of an invoice, such as usage."""

TRIAL = "trialing"
OVER = "canceled"


def payment_of(document: Member, request: StoredRequest) -> Payment:
    """Read a paid order. Raises SaleInvalidError, and UnansweredError if the address is asked."""
    order = document["data"]
    subscription_id = order["subscription_id"].identifier_or_none()
    charge = order["billing_reason"].text_or_none() == CYCLE
    if charge and subscription_id is None:
        raise SaleInvalidError("a recurring charge must have a data.subscription_id")
    return Payment(
        order_id=order["id"].order_identifier(),
        at=event_time(document, request),
        lines=(_line(order),),
        currency=_currency(order["currency"]),
        buyer=_buyer(order, request),
        order_number=plain_text(order["invoice_number"].text_or_none() or "") or None,
        subscription_id=subscription_id,
        charge=charge,
        test=request.secret_label == "test",  # noqa: S105 - a label, no secret
        note=None if request.address is None else CORRECTED,
        paid_until=_paid_until(order["subscription"], request),
    )


def is_after_the_end(order: Member) -> bool:
    """Tell whether the order is the last usage bill of a subscription that is over."""
    subscription = order["subscription"]
    has_ended = subscription["ended_at"].text_or_none() is not None
    return has_ended or subscription["status"].text_or_none() == OVER


def refund_of_order(document: Member, request: StoredRequest) -> Refund:
    """Read the sum of all refunds of an order so far. It has no id, so the largest sum counts."""
    order = document["data"]
    amounts = order["refunded_amount"], order["refunded_tax_amount"]
    return Refund(
        order["id"].order_identifier(),
        event_time(document, request),
        whole=order["status"].text() == "refunded",
        amount=_sum(*amounts),
    )


def prevented_dispute(document: Member, request: StoredRequest) -> Refund:
    """Read a refund by which Polar prevents a dispute: it takes the whole order back."""
    refund = document["data"]
    failed = refund["status"].text() in FAILED
    return Refund(
        refund["order_id"].order_identifier(),
        event_time(document, request),
        whole=not failed,
        amount=_sum(refund["amount"], refund["tax_amount"]),
        refund_id=refund["id"].identifier(),
        state="failed" if failed else "made",
    )


def _line(order: Member) -> OrderLine:
    return OrderLine(
        ONLY_LINE,
        product_of(order),
        quantity=_seats(order),
        price=order["total_amount"].whole_number(0, MOST_MONEY),
    )


def _seats(order: Member) -> int:
    for seats in (order["subscription"]["seats"], order["seats"]):
        if not (seats.is_missing() or seats.is_null()):
            return seats.whole_number(1, MOST_SEATS)
    return 1


def _currency(member: Member) -> str:
    code = member.text().lower()
    if not (code.isascii() and code.isalpha() and len(code) == len("usd")):
        raise SaleInvalidError(f"{member.path} must be a currency's code of three letters")
    return code


def _paid_until(subscription: Member, request: StoredRequest) -> datetime | None:
    """Return the end of the paid period, or of the trial, which begins with a payment of 0."""
    period = end_or_none(subscription["current_period_end"], request)
    if subscription["status"].text_or_none() != TRIAL:
        return period
    return end_or_none(subscription["trial_end"], request) or period


def _buyer(order: Member, request: StoredRequest) -> Buyer:
    email = request.address or _address(order, request)
    names = (order["customer"]["name"], order["billing_name"])
    written = (plain_text(each.text_or_none() or "") for each in names)
    return Buyer(email, next(filter(None, written), plain_text(email.rpartition("@")[0])))


def _address(order: Member, request: StoredRequest) -> str:
    """Return the buyer's address; empty if Polar has none: a team has members in its place.

    Polar is asked once. An order is minted without an address, so no key is demanded for it.
    """
    customer = order["customer"]
    if customer["email"].text_or_none():
        return customer["email"].address()
    customer_id = order["customer_id"].identifier_or_none()
    if customer_id is None:
        return ""
    path = f"/v1/customers/{quote(customer_id, safe='')}"
    found = request.answer(
        Question(
            path,
            "a buyer's address",
            "the right customers:read",
            optional=True,
            object_id=customer_id,
        )
    )
    return "" if found is None else _address_in(found["email"])


def _address_in(answered: Member) -> str:
    try:
        return answered.address()
    except SaleInvalidError:
        return ""


def _sum(*amounts: Member) -> int | None:
    told = [each for each in amounts if not (each.is_missing() or each.is_null())]
    return sum(each.whole_number(0, MOST_MONEY) for each in told) if told else None
