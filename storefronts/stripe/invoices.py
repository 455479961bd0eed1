"""Paid invoices: the renewals of a subscription, and its first payment."""

from collections.abc import Mapping
from datetime import datetime

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.facts import Ignored, Payment, Reading, SubscriptionLink
from domain.questions import UnansweredError
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.stripe import questions
from storefronts.stripe.buyers import buyer_of
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.lines import (
    MOST_MONEY,
    OF_SUBSCRIPTION,
    Bought,
    bought_on_invoice,
    has_whole_price,
    is_of_subscription,
    order_lines,
)
from storefronts.stripe.times import instant, moment_of

FIRST, RENEWAL = "subscription_create", "subscription_cycle"


def name_invoice(event: StripeEvent) -> Naming:
    """Name a renewal by its invoice. The first invoice is its order's, when that is known."""
    invoice_id = event.object_id
    invoice = event.own or event.known(questions.invoice(invoice_id))
    subscription_id = None if invoice is None else subscription_in(invoice)
    reason = RENEWAL if invoice is None else invoice["billing_reason"].text_or_none()
    if invoice is not None and (subscription_id is None or reason not in {FIRST, RENEWAL}):
        return Naming(EventKind.KNOWN, event_key=event.key)
    if reason == RENEWAL or subscription_id is None:
        return Naming(EventKind.RECURRING_CHARGE, invoice_id, event_key=event.key)
    try:
        order_id = order_of_subscription(event.request, subscription_id)
    except (UnansweredError, SaleInvalidError):
        return Naming(EventKind.RECURRING_CHARGE, invoice_id, event_key=event.key)
    is_own = order_id == subscription_id
    kind = EventKind.SALE if is_own else EventKind.SUBSCRIPTION_LINKED
    return Naming(kind, order_id, event_key=event.key)


def read_invoice(event: StripeEvent) -> Reading:
    invoice = event.whole(questions.invoice(event.object_id))
    subscription_id = subscription_in(invoice)
    reason = invoice["billing_reason"].text_or_none()
    if subscription_id is None or reason not in {FIRST, RENEWAL}:
        return Reading(ends=Ignored(event.name))
    invoice_id = invoice["id"].order_identifier()
    if reason == RENEWAL:
        return Reading((_payment(event, invoice, subscription_id, invoice_id, charge=True),))
    order_id = order_of_subscription(event.request, subscription_id)
    if order_id == subscription_id:
        return Reading((_payment(event, invoice, subscription_id, order_id, charge=False),))
    until = paid_until(event.request, invoice)
    return Reading((SubscriptionLink(subscription_id, order_id, event.at, paid_until=until),))


def order_of_invoice(request: StoredRequest, invoice_id: str) -> str:
    """Return the order that an invoice pays: the sale of its subscription, or the invoice."""
    invoice = request.answer(questions.invoice(invoice_id))
    subscription_id = None if invoice is None else subscription_in(invoice)
    if invoice is None or subscription_id is None:
        return invoice_id
    if invoice["billing_reason"].text_or_none() != FIRST:
        return invoice_id
    return order_of_subscription(request, subscription_id)


def order_of_subscription(request: StoredRequest, subscription_id: str) -> str:
    """Return the Checkout session that began a subscription, else the subscription itself."""
    session = questions.session_that_began(request, subscription_id)
    return subscription_id if session is None else session["id"].order_identifier()


def subscription_in(invoice: Member) -> str | None:
    """Return the invoice's subscription. API 2025-03-31 moved it."""
    details = invoice["parent"]["subscription_details"]
    now, before = details["subscription"], invoice["subscription"]
    return now.identifier_or_none() or before.identifier_or_none()


def paid_until(request: StoredRequest, invoice: Member) -> datetime:
    """Return the end of the paid time: the lines tell it, and the invoice's own period does not."""
    return max(instant(line["period"]["end"]) for line in _subscription_lines(request, invoice))


def _payment(
    event: StripeEvent, invoice: Member, subscription_id: str, order_id: str, *, charge: bool
) -> Payment:
    request = event.request
    found = buyer_of(invoice["customer_email"], (invoice["customer_name"],), request)
    bought = _bought(request, invoice, subscription_id, charge=charge)
    return Payment(
        order_id=order_id,
        at=_paid_at(invoice, event),
        lines=order_lines(
            bought, invoice["amount_paid"].whole_number(0, MOST_MONEY), subscription_id
        ),
        currency=invoice["currency"].text().lower(),
        buyer=found.buyer,
        subscription_id=subscription_id,
        charge=charge,
        test=event.is_test,
        note=found.note,
        paid_until=paid_until(request, invoice),
    )


def _paid_at(invoice: Member, event: StripeEvent) -> datetime:
    paid_at = invoice["status_transitions"]["paid_at"]
    is_told = not (paid_at.is_missing() or paid_at.is_null())
    return moment_of(paid_at, event.request) if is_told else event.at


def _bought(
    request: StoredRequest, invoice: Member, subscription_id: str, *, charge: bool
) -> list[Bought]:
    """Return the bought prices. A later charge renews those of the subscription alone."""
    lines = _subscription_lines(request, invoice) if charge else _paid_lines(request, invoice)
    keys = {} if all(map(has_whole_price, lines)) else _lookup_keys(request, subscription_id)
    return [bought_on_invoice(each, keys) for each in lines]


def _lookup_keys(request: StoredRequest, subscription_id: str) -> Mapping[str, str]:
    """Return the lookup keys of the subscription's prices, because products.yaml may use them."""
    subscription = request.answer(questions.subscription(subscription_id))
    items = subscription["items"]["data"].items() if subscription is not None else ()
    prices = [each["price"] for each in items]
    told = ((each["id"].identifier(), each["lookup_key"].text_or_none()) for each in prices)
    return {price_id: key for price_id, key in told if key}


def _subscription_lines(request: StoredRequest, invoice: Member) -> list[Member]:
    own = [each for each in _paid_lines(request, invoice) if is_of_subscription(each)]
    if not own:
        raise SaleInvalidError("lines.data must have a line of the subscription")
    return own


def _paid_lines(request: StoredRequest, invoice: Member) -> list[Member]:
    """Return the lines without prorations, which pay for a part of another period."""
    pages = questions.invoice_lines(invoice["id"].identifier())
    lines = questions.whole_list(request, invoice["lines"], pages)
    return [each for each in lines if not _is_proration(each)]


def _is_proration(line: Member) -> bool:
    parent = line["parent"]
    told = [
        parent[OF_SUBSCRIPTION]["proration"],
        parent["invoice_item_details"]["proration"],
        line["proration"],
    ]
    return any(each.flag() for each in told if not (each.is_missing() or each.is_null()))
