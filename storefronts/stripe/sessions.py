"""Checkout sessions: the orders of Stripe."""

from datetime import datetime, timedelta

from domain.errors import SaleInvalidError, ValueImpossibleError
from domain.event import EventKind, NotedReason
from domain.facts import Ignored, OrderLine, Payment, Reading, Waits
from domain.questions import UnansweredError
from storefronts import values
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.stripe import questions
from storefronts.stripe.buyers import buyer_of
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.invoices import paid_until
from storefronts.stripe.lines import MOST_MONEY, Bought, bought_in_session, order_lines
from storefronts.stripe.periods import period_of

FAILED = "checkout.session.async_payment_failed"
PAID = frozenset({"paid", "no_payment_required"})
SETUP = "setup"
FIRST_PERIOD_STARTS_WITHIN = timedelta(days=1)


def name_session(event: StripeEvent) -> Naming:
    order_id = event.object_id
    session = event.own or event.known(questions.session(order_id))
    kind = _kind(event, session)
    if kind == EventKind.KNOWN:
        return Naming(kind, event_key=event.key)
    return Naming(kind, order_id, _known_products(event.request, order_id), event.key)


def _kind(event: StripeEvent, session: Member | None) -> EventKind:
    if event.name == FAILED:
        return EventKind.PENDING_SALE
    if session is None or session["payment_status"].text() in PAID:
        return EventKind.SALE if session is None or not _is_setup(session) else EventKind.KNOWN
    return EventKind.PENDING_SALE


def read_session(event: StripeEvent) -> Reading:
    if event.name == FAILED:
        return Reading(ends=Waits(NotedReason.PAYMENT_FAILED))
    session = event.whole(questions.session(event.object_id))
    if _is_setup(session):
        return Reading(ends=Ignored(event.name))
    if session["payment_status"].text() not in PAID:
        return Reading(ends=Waits(NotedReason.WAITS_FOR_PAYMENT))
    return Reading((payment_of(session, event),))


def payment_of(session: Member, event: StripeEvent) -> Payment:
    request, sold_at = event.request, event.at
    details = session["customer_details"]
    names = (details["name"], details["individual_name"], details["business_name"])
    found = buyer_of(details["email"], names, request)
    subscription_id = session["subscription"].identifier_or_none()
    total, currency = session["amount_total"].whole_number(0, MOST_MONEY), session["currency"]
    notes = (found.note, values.wrong_clock(sold_at, request.received_at, request.read_at))
    order_id = session["id"].order_identifier()
    return Payment(
        order_id=order_id,
        at=sold_at,
        lines=_lines(request, order_id, total, subscription_id),
        currency=currency.text().lower(),
        buyer=found.buyer,
        subscription_id=subscription_id,
        test=event.is_test,
        note="; ".join(note for note in notes if note is not None) or None,
        paid_until=_first_end(session, subscription_id, event),
    )


def _is_setup(session: Member) -> bool:
    return session["mode"].text() == SETUP


def _lines(
    request: StoredRequest, order_id: str, total: int, subscription_id: str | None
) -> tuple[OrderLine, ...]:
    bought = _bought(request, order_id)
    if not bought:
        raise SaleInvalidError("Stripe's API must know the lines of the order")
    lines = order_lines(bought, total, subscription_id)
    if not lines:
        raise ValueImpossibleError("line_items must have a line of at least one copy")
    return lines


def _bought(request: StoredRequest, order_id: str) -> list[Bought]:
    """Return the lines: of a known session the first ten, and all from their own list."""
    found = request.answer(questions.session(order_id))
    pages = questions.line_items(order_id)
    if found is None or found["line_items"].is_missing():
        items = [*questions.all_pages(request, pages)]
    else:
        items = questions.whole_list(request, found["line_items"], pages)
    return [bought_in_session(each) for each in items]


def _known_products(request: StoredRequest, order_id: str) -> tuple[str, ...]:
    try:
        return tuple(each.product.product_id for each in _bought(request, order_id))
    except (UnansweredError, SaleInvalidError):
        return ()


def _first_end(session: Member, subscription_id: str | None, event: StripeEvent) -> datetime | None:
    """Return the end of the time that the order paid; None: it is no subscription's, or unknown.

    An old sale may be read after renewals. Then the subscription tells a later period, and the
    order's own invoice counts.
    """
    if subscription_id is None:
        return None
    state = event.request.answer(questions.subscription(subscription_id))
    if state is not None:
        starts, end = period_of(state)
        if starts is None or starts <= event.at + FIRST_PERIOD_STARTS_WITHIN:
            return end
    invoice_id = session["invoice"].identifier_or_none()
    if invoice_id is None:
        return None
    invoice = event.request.answer(questions.invoice(invoice_id))
    return None if invoice is None else paid_until(event.request, invoice)
