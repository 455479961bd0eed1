"""Reads a completed transaction into a payment."""

from datetime import datetime

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.facts import Payment
from domain.sale import CORRECTED
from domain.text import plain_text
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.paddle.buyers import buyer_of
from storefronts.paddle.events import kind_of_payment
from storefronts.paddle.lines import lines_of
from storefronts.paddle.times import ahead_or_none, occurred_at, past_or_none


def payment_of(document: Member, request: StoredRequest) -> Payment:
    """Read the payment. Raises SaleInvalidError, and UnansweredError for the buyer's address."""
    data = document["data"]
    subscription_id = data["subscription_id"].identifier_or_none()
    charge = kind_of_payment(data) == EventKind.RECURRING_CHARGE
    if charge and subscription_id is None:
        raise SaleInvalidError("data.subscription_id is missing; every renewal must have it")
    lines = lines_of(data, in_subscription=subscription_id is not None, charge=charge)
    at, currency = _paid_at(document, request), data["currency_code"].text().lower()
    paid_until = ahead_or_none(data["billing_period"]["ends_at"], request)
    order_id = data["id"].order_identifier()
    # The question comes last, so that a transaction that cannot be read asks nothing.
    buyer, doubt = buyer_of(data, request)
    return Payment(
        order_id=order_id,
        at=at,
        lines=lines,
        currency=currency,
        buyer=buyer,
        order_number=plain_text(data["invoice_number"].text_or_none() or "") or None,
        subscription_id=subscription_id,
        charge=charge,
        test=request.secret_label == "test",  # noqa: S105 - the name of a side
        note=doubt if request.address is None else CORRECTED,
        paid_until=paid_until if subscription_id is not None else None,
    )


def _paid_at(document: Member, request: StoredRequest) -> datetime:
    """Return the time of the money. An invoice is billed weeks before, and a free order has none.

    Both times belong to the transaction, so that its copies tell the same.
    """
    data = document["data"]
    captured = [*_captured(data["payments"], request)]
    billed = past_or_none(data["billed_at"], request)
    return max(captured, default=billed or occurred_at(document, request))


def _captured(payments: Member, request: StoredRequest) -> list[datetime]:
    if payments.is_missing() or payments.is_null():
        return []
    times = (past_or_none(each["captured_at"], request) for each in payments.items())
    return [at for at in times if at is not None]
