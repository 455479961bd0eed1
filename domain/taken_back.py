"""Payments that went back: refunds and disputes, in any order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from domain.facts import Dispute, Refund
from domain.license import LicenseReason
from domain.story import Known

PRECEDENCE = (LicenseReason.DISPUTED, LicenseReason.DISPUTE_LOST, LicenseReason.REFUNDED)
"""A later reason outweighs an earlier one, because it is the more lasting."""

DISPUTE_STATES = ("open", "lost", "won")
"""The states of a dispute in their only sequence: even a lost dispute may be won."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An order's payment went back. `since` is the shop's time of the refund or the dispute."""

    order_id: str
    reason: LicenseReason
    since: datetime


def taken_back(known: Known, restored_at: datetime | None) -> Mapping[str, TakenBack]:
    """Return the orders whose payment does not stand.

    A restoration by hand overrides the takings back up to its own time, and no later ones.
    """
    causes = [*_refunded(known), *_disputed(known)]
    standing = [each for each in causes if restored_at is None or each.since > restored_at]
    ranked = sorted(standing, key=lambda each: PRECEDENCE.index(each.reason))
    return {each.order_id: each for each in ranked}


def _refunded(known: Known) -> Iterator[TakenBack]:
    totals = {each.sale.order_id: each.order_total for each in known.payments}
    for order_id, refunds in _groups(known.refunds, lambda each: each.order_id):
        since = _whole_since(refunds, totals[order_id])
        if since is not None:
            yield TakenBack(order_id, LicenseReason.REFUNDED, since)


def _whole_since(refunds: Iterable[Refund], total: int) -> datetime | None:
    """Return the time from which the whole payment was back; None: at least a part stands.

    A refund that failed or was reversed can not succeed later: the shop gives the next refund an
    id of its own. So nobody has to ask which of its facts is the newest.
    """
    by_id = [told for _, told in _groups(refunds, lambda each: each.refund_id or "")]
    made = [told for told in by_id if all(each.state == "made" for each in told)]
    whole = [each.at for told in made for each in told if each.whole]
    return min([*whole, *_added_up(made, total)], default=None)


def _added_up(made: Iterable[list[Refund]], total: int) -> Iterator[datetime]:
    """Yield the times from which partial refunds add up to the paid total."""
    parts = sorted((min(f.at for f in told), max(f.amount or 0 for f in told)) for told in made)
    back = 0
    for at, amount in parts:
        back += max(amount, 0)
        if back >= total and back > 0:
            yield at


def _disputed(known: Known) -> Iterator[TakenBack]:
    for order_id, disputes in _groups(known.disputes, lambda each: each.order_id):
        for _, told in _groups(disputes, lambda each: each.dispute_id or ""):
            yield from _dispute(order_id, told)


def _dispute(order_id: str, told: list[Dispute]) -> Iterator[TakenBack]:
    state = max((each.state for each in told), key=DISPUTE_STATES.index)
    since = min(each.at for each in told if each.state == state)
    if state == "lost":
        yield TakenBack(order_id, LicenseReason.DISPUTE_LOST, since)
    if state == "open":
        yield TakenBack(order_id, LicenseReason.DISPUTED, since)


T = TypeVar("T")


def _groups(facts: Iterable[T], name: Callable[[T], str]) -> Iterator[tuple[str, list[T]]]:
    for key, group in groupby(sorted(facts, key=name), key=name):
        yield key, [*group]
