"""The order of a charge, a refund or a dispute, which name a payment alone."""

from domain.errors import SaleInvalidError
from domain.questions import UnansweredError
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.stripe import questions
from storefronts.stripe.invoices import order_of_invoice


def order_of(paid: Member, request: StoredRequest) -> str:
    """Return the order of the payment intent. Where Stripe knows none, return the best name.

    A renewal's order is its invoice, so that its refund takes that period back alone.
    """
    intent = paid["payment_intent"].identifier_or_none()
    if intent is None:
        charge = paid["charge"] if not paid["charge"].is_missing() else paid["id"]
        return charge.order_identifier()
    session = questions.session_paid_by(request, intent)
    if session is not None:
        return session["id"].order_identifier()
    invoice_id = _invoice_of(paid, intent, request)
    if invoice_id is None:
        return paid["payment_intent"].order_identifier()
    return order_of_invoice(request, invoice_id)


def known_order_of(paid: Member, request: StoredRequest) -> str | None:
    """Return the order if Stripe has been asked."""
    try:
        return order_of(paid, request)
    except (SaleInvalidError, UnansweredError):
        return None


def _invoice_of(paid: Member, intent: str, request: StoredRequest) -> str | None:
    # Before API 2025-03-31, a charge names its invoice.
    told = paid["invoice"].identifier_or_none()
    if told is not None:
        return told
    payment = questions.invoice_paid_by(request, intent)
    return None if payment is None else payment["invoice"].identifier_or_none()
