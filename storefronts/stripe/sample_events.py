"""Made-up events of Stripe, each with the answers of Stripe's API that its reading needs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from domain.questions import Question
from storefronts.sample import FollowUp
from storefronts.sample_events import PLAN_CHANGES, SampleEvent
from storefronts.stripe import questions, sample_objects as objects
from storefronts.stripe.package import STRIPE
from storefronts.stripe.sample_orders import Json, SampleOrder, changed, made_id, order_in

Answers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class MadeEvent:
    """`answers` are the bodies of Stripe's API by the path of the question."""

    content: Json
    answers: Answers

    @property
    def body(self) -> bytes:
        # Stripe sends indented JSON in UTF-8.
        return json.dumps(self.content, ensure_ascii=False, indent=2).encode()


def sold(order: SampleOrder) -> MadeEvent:
    """Return the event of an order that was paid, or of a renewal."""
    if order.is_renewal:
        content = _event("invoice.paid", objects.invoice(order), order, order.at)
    else:
        content = _event("checkout.session.completed", objects.session(order), order, order.at)
    return MadeEvent(content, _answers_of(order))


def follow_up(name: SampleEvent, told: FollowUp) -> MadeEvent:
    """Return an event of an earlier order."""
    order = order_in(told)
    match name:
        case SampleEvent.RENEWAL:
            return _renewed(order, told)
        case SampleEvent.REFUND:
            return _refunded(order, order.total, told.at)
        case SampleEvent.PARTIAL_REFUND:
            return _refunded(order, order.total // 2, told.at)
        case SampleEvent.DISPUTE:
            return _disputed(order, "created", "needs_response", told.at)
        case SampleEvent.DISPUTE_WON:
            return _disputed(order, "closed", "won", told.at)
        case _:
            return _of_subscription(name, order, told)


def _renewed(order: SampleOrder, told: FollowUp) -> MadeEvent:
    of_today = changed(order, told)
    return sold(replace(of_today, order_id=told.new_order_id, at=told.at))


def _refunded(order: SampleOrder, amount: int, at: datetime) -> MadeEvent:
    charge, refund = objects.charge(order, amount, at), objects.refund(order, amount, at)
    own = [
        _answer(questions.charge(charge["id"]), charge),
        _answer(questions.refunds_of_charge(charge["id"]), objects.page(refund)),
    ]
    return MadeEvent(_event("charge.refunded", charge, order, at), (*own, *_answers_of(order)))


def _disputed(order: SampleOrder, happened: str, status: str, at: datetime) -> MadeEvent:
    dispute = objects.dispute(order, status, at)
    own = _answer(questions.dispute(dispute["id"]), dispute)
    content = _event(f"charge.dispute.{happened}", dispute, order, at)
    return MadeEvent(content, (own, *_answers_of(order)))


def _of_subscription(name: SampleEvent, order: SampleOrder, told: FollowUp) -> MadeEvent:
    of_today = replace(changed(order, told), at=told.paid[-1].paid_at)
    happened, previous, now = "updated", {}, dict[str, object]()
    if name == SampleEvent.CANCELLATION:
        # The customer portal sets `cancel_at` alone.
        previous = {"cancel_at": None}
        now = {"cancel_at": objects.seconds(of_today.until)}
    elif name == SampleEvent.ENDED:
        happened, ended = "deleted", objects.seconds(told.at)
        now = {"status": "canceled", "canceled_at": ended, "ended_at": ended}
    elif name == SampleEvent.PAUSED:
        happened, now = "paused", {"status": "paused"}
    elif name == SampleEvent.RESUMED:
        happened = "resumed"
    elif name in PLAN_CHANGES:
        previous = {"items": objects.subscription(order, told.at)["items"]}
    else:
        raise KeyError(name)
    state = objects.subscription(of_today, told.at, **now)
    content = _event(f"customer.subscription.{happened}", state, of_today, told.at, previous)
    own = _answer(questions.subscription(str(of_today.subscription_id)), state)
    return MadeEvent(content, (own, *_answers_of(order)))


def _event(
    name: str, happened_to: Json, order: SampleOrder, at: datetime, previous: Json | None = None
) -> Json:
    data = {"object": happened_to}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": made_id("evt", f"{name} {at} {json.dumps(happened_to)}"),
        "object": "event",
        "api_version": STRIPE.headers["Stripe-Version"],
        "created": objects.seconds(at),
        "data": data,
        "livemode": not order.test,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": name,
    }


def _answers_of(order: SampleOrder) -> Answers:
    """Return the answers by which an order is found and read."""
    return tuple(_answer(question, body) for question, body in _known(order))


def _known(order: SampleOrder) -> Iterator[tuple[Question, Json]]:
    first = replace(order, order_id=order.first)
    intent = made_id("pi", order.order_id)
    is_session = order.subscription_id is None
    found = objects.page(objects.session(order)) if is_session else objects.page()
    yield questions.session_of_intent(intent), found
    if not order.is_renewal:
        yield questions.session(order.order_id), objects.session_with_lines(order)
    if order.subscription_id is not None:
        paid = objects.page({"id": made_id("inpay", order.order_id), "invoice": order.invoice})
        yield questions.invoice_of_intent(intent), paid
        yield questions.invoice(order.invoice), objects.invoice(order)
        state = objects.subscription(order, order.at)
        yield questions.subscription(order.subscription_id), state
    if order.subscription_id is not None and order.first:
        found = objects.page(objects.session(first))
        yield questions.session_of_subscription(order.subscription_id), found


def _answer(question: Question, body: Json) -> tuple[str, bytes]:
    return question.path, json.dumps(body).encode()
