"""Reads an kiosk's event into facts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import (
    Buyer,
    Fact,
    Ignored,
    OrderLine,
    Payment,
    Reading,
    Refund,
    SubscriptionLink,
    SubscriptionState,
    Waits,
)
from domain.questions import Question, UnansweredError
from domain.sale import CORRECTED, Product
from domain.text import plain_text
from storefronts.base import StoredRequest
from storefronts.document import Member, read_document

MOST_COPIES = 1_000_000
MOST_MONEY = 10**12


def read_event(request: StoredRequest, account: str | None) -> Reading:
    try:
        document = read_document(request.body)
        if account is not None and document["account"].text_or_none() not in {None, account}:
            return Reading(ends=Ignored(IgnoredReason.FOREIGN_SELLER))
        return _read(document, request)
    except SaleInvalidError as error:
        return Reading(ends=error)
    except UnansweredError as error:
        return Reading(asks=error.question)


def read_payment(request: StoredRequest) -> Payment:
    return payment_of(read_document(request.body)["order"], request)


def _read(document: Member, request: StoredRequest) -> Reading:
    match document["type"].text():
        case "order.placed":
            return Reading(ends=Waits(NotedReason.WAITS_FOR_PAYMENT))
        case "order.paid":
            return Reading((payment_of(document["order"], request),))
        case "order.renewed":
            payment = payment_of(document["order"], request)
            return Reading((replace(payment, charge=True),))
        case "order.refunded":
            return Reading((_refund(document, request),), Ignored(EventKind.REFUND))
        case _:
            return _read_subscription(document, request)


def _read_subscription(document: Member, request: StoredRequest) -> Reading:
    match document["type"].text():
        case "subscription.began":
            return Reading((_link(document, request),))
        case "subscription.changed":
            facts = _state(document, request), *_items(document, request)
            return Reading(facts, Ignored(EventKind.SUBSCRIPTION_UPDATED))
        case _:
            return Reading(ends=SaleInvalidError("type must be one that Mintpost knows"))


def payment_of(order: Member, request: StoredRequest) -> Payment:
    """Read an order. If it lacks lines and buyer, the shop's API has them."""
    whole = order if _is_whole(order) else _answered(order, request)
    return Payment(
        order_id=order["id"].order_identifier(),
        at=_moment(order["paid_at"], request),
        lines=tuple(map(line_of, whole["lines"].items())),
        currency=order["currency"].text(),
        buyer=buyer_of(whole["buyer"], request.address),
        subscription_id=order["subscription"].identifier_or_none(),
        paid_until=_end(order["paid_until"]),
        test=request.secret_label == "test",
        note=None if request.address is None else CORRECTED,
    )


def _is_whole(order: Member) -> bool:
    return not (order["lines"].is_missing() or order["lines"].is_null())


def _answered(order: Member, request: StoredRequest) -> Member:
    order_id = order["id"].order_identifier()
    found = request.answer(Question(f"/orders/{order_id}", "orders", "read rights for orders"))
    if found is None:
        raise SaleInvalidError("its shop does not know the order")
    return found


def line_of(line: Member) -> OrderLine:
    product = line["product"]
    product_id = product["id"].identifier()
    name = plain_text(product["name"].text_or_none() or "") or product_id
    return OrderLine(
        line["id"].identifier(),
        Product(product_id, name),
        line["quantity"].whole_number(1, MOST_COPIES),
        line["price"].whole_number(0, MOST_MONEY),
        line["plan"].identifier_or_none() or "",
    )


def buyer_of(buyer: Member, corrected: str | None = None) -> Buyer:
    email = corrected or buyer["email"].address()
    name = plain_text(buyer["name"].text_or_none() or "")
    return Buyer(email, name or plain_text(email.rpartition("@")[0]))


def _refund(document: Member, request: StoredRequest) -> Fact:
    amount = document["amount"]
    return Refund(
        document["order"]["id"].order_identifier(),
        _moment(document["at"], request),
        whole=document["whole"].flag(),
        amount=None if amount.is_null() else amount.whole_number(0, MOST_MONEY),
    )


def _state(document: Member, request: StoredRequest) -> Fact:
    state = document["subscription"]
    renews, ends_at = state["renews"], state["ends_at"]
    return SubscriptionState(
        state["id"].identifier(),
        _moment(document["at"], request),
        renews=None if renews.is_missing() else renews.flag(),
        ends_at=_end(ends_at),
        paid_until=_end(state["paid_until"]),
    )


def _items(document: Member, request: StoredRequest) -> Iterator[SubscriptionState]:
    """Yield a state for each line of the subscription."""
    state = document["subscription"]
    if state["items"].is_missing():
        return
    items = state["items"].items()
    among = tuple(item["plan"].identifier() for item in items)
    for plan, item in zip(among, items, strict=True):
        yield SubscriptionState(
            state["id"].identifier(),
            _moment(document["at"], request),
            seats=item["quantity"].whole_number(1, MOST_COPIES),
            line=plan,
            among=among,
        )


def _link(document: Member, request: StoredRequest) -> Fact:
    state = document["subscription"]
    order_id = document["order"]["id"].order_identifier()
    until = _end(state["paid_until"])
    at = _moment(document["at"], request)
    return SubscriptionLink(state["id"].identifier(), order_id, at, paid_until=until)


def _end(member: Member) -> datetime | None:
    absent = member.is_missing() or member.is_null()
    return None if absent else datetime.fromisoformat(member.text())


def _moment(member: Member, request: StoredRequest) -> datetime:
    return member.moment(known_at=request.received_at, read_at=request.read_at)
