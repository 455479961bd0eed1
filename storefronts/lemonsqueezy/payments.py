"""The parts that the payment of an order and that of an invoice have alike."""

from collections.abc import Iterable

from domain.facts import Buyer, OrderLine, Payment, Refund
from domain.sale import CORRECTED
from domain.text import plain_text
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.lemonsqueezy.fields import Event, is_set, money, money_or_none, past, past_or_none


def payment_of(event: Event, order_id: str, lines: Iterable[OrderLine]) -> Payment:
    attributes, request = event.attributes, event.request
    at = past(attributes["created_at"], request)
    notes = (
        None if request.address is None else CORRECTED,
        values.wrong_clock(at, request.received_at, request.read_at),
    )
    return Payment(
        order_id=order_id,
        at=at,
        lines=tuple(lines),
        currency=attributes["currency"].identifier().lower(),
        buyer=_buyer(attributes, request),
        test=event.is_test(),
        written_at=past_or_none(attributes["updated_at"], request),
        note="; ".join(note for note in notes if note is not None) or None,
    )


def refund_of(order_id: str, told: Member, request: StoredRequest) -> Refund | None:
    """Return the refund of an order or an invoice; None: no money went back.

    `refunded_amount` is the sum of all refunds so far, so all facts are about one refund. The
    state does not tell enough: the shop has called an order of a partial refund `paid`.
    """
    amount, total = money_or_none(told["refunded_amount"]), money(told["total"])
    is_whole = is_set(told["refunded"]) or (amount is not None and amount >= total > 0)
    if not is_whole and not amount:
        return None
    refunded_at = past_or_none(told["refunded_at"], request)
    at = refunded_at or past(told["updated_at"], request)
    return Refund(order_id, at, whole=is_whole, amount=amount)


def _buyer(attributes: Member, request: StoredRequest) -> Buyer:
    email = request.address or _email(attributes["user_email"])
    name = plain_text(attributes["user_name"].text_or_none() or "")
    return Buyer(email, name or plain_text(email.rpartition("@")[0]))


def _email(told: Member) -> str:
    text = told.text_or_none() or ""
    return values.address(told.path, text) if text.strip() else ""
