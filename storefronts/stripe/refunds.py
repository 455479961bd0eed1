"""Refunds: each with its own id, amount and state, as the charge's list of refunds has them.

The charge tells only a sum. So a refund that failed is told from one that stands by its id.
"""

from collections.abc import Iterator

from domain.event import EventKind
from domain.facts import Reading, Refund
from storefronts.base import Naming
from storefronts.document import Member, require_same
from storefronts.stripe import questions
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.lines import MOST_MONEY
from storefronts.stripe.orders import known_order_of, order_of
from storefronts.stripe.times import moment_of

FAILED = frozenset({"failed", "canceled"})


def name_refund(event: StripeEvent) -> Naming:
    charge = event.known(questions.charge(event.object_id))
    order_id = None if charge is None else known_order_of(charge, event.request)
    return Naming(EventKind.REFUND, order_id, event_key=event.key)


def read_refund(event: StripeEvent) -> Reading:
    """Read `charge.refunded` by the charge of today."""
    charge = event.newest(questions.charge(event.object_id))
    order_id = order_of(charge, event.request)
    listed = [*_listed(event, charge, order_id)]
    return Reading(tuple(listed) or (_sum_of(event, charge, order_id),))


def name_failed_refund(event: StripeEvent) -> Naming:
    refund = event.own or event.known(questions.refund(event.object_id))
    order_id = None if refund is None else known_order_of(refund, event.request)
    return Naming(EventKind.REFUND_REVERSED, order_id, event_key=event.key)


def read_failed_refund(event: StripeEvent) -> Reading:
    """Read `refund.failed` by the charge of today: the money may have come back to the seller."""
    refund = event.whole(questions.refund(event.object_id))
    order_id = order_of(refund, event.request)
    refund_id = refund["id"].identifier()
    own = Refund(order_id, event.at, whole=False, refund_id=refund_id, state="failed")
    charge_id = refund["charge"].identifier_or_none()
    charge = None if charge_id is None else event.request.answer(questions.charge(charge_id))
    if charge is None:
        return Reading((own,))
    listed = tuple(_listed(event, charge, order_id))
    if listed:
        return Reading(tuple(dict.fromkeys((*listed, own))))
    if charge["refunded"].flag():
        return Reading((_sum_of(event, charge, order_id),))
    summed = Refund(order_id, event.at, whole=False, refund_id=charge_id, state="failed")
    return Reading((own, summed))


def _listed(event: StripeEvent, charge: Member, order_id: str) -> Iterator[Refund]:
    """Yield the refunds of a charge. The only one that stands may be the whole, by the charge."""
    charge_id = charge["id"].identifier()
    listed = [*questions.all_pages(event.request, questions.refunds_of_charge(charge_id))]
    standing = [each for each in listed if not _failed(each)]
    whole = charge["refunded"].flag() and len(standing) == 1
    for each in listed:
        require_same(each["charge"], charge_id)
        failed = _failed(each)
        yield Refund(
            order_id,
            moment_of(each["created"], event.request),
            whole=whole and not failed,
            amount=each["amount"].whole_number(0, MOST_MONEY),
            refund_id=each["id"].identifier(),
            state="failed" if failed else "made",
        )


def _failed(refund: Member) -> bool:
    return refund["status"].text_or_none() in FAILED


def _sum_of(event: StripeEvent, charge: Member, order_id: str) -> Refund:
    """Return the sum so far, where the list of refunds is unknown. Its id is the charge's."""
    return Refund(
        order_id,
        event.at,
        whole=charge["refunded"].flag(),
        amount=charge["amount_refunded"].whole_number(0, MOST_MONEY),
        refund_id=charge["id"].identifier(),
    )
