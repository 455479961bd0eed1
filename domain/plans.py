"""The plan of a license: tier, seats and product, by the newest decision."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from domain.decisions import Decision
from domain.story import Known


@dataclass(frozen=True, slots=True)
class DecidedAt:
    """A decision, with the time of the payment or the state that needed it."""

    at: datetime
    decision: Decision


def decisions_of(known: Known, now: datetime) -> list[DecidedAt]:
    """Return the decisions in the order of their times.

    At one moment, a state counts after a payment, because the shop tells its plan and no guess.
    """
    # The payments are in order already: of one moment, the greater order's name is the newer.
    paid = [DecidedAt(p.sale.sold_at, p.decision) for p in known.payments if p.decision is not None]
    told = sorted(_told(known, now), key=_order)
    return sorted([*paid, *told], key=lambda each: each.at)


def _told(known: Known, now: datetime) -> Iterator[DecidedAt]:
    for each in known.states:
        if each.decision is not None and each.state.at <= now:
            yield DecidedAt(each.state.at, each.decision)


def _order(each: DecidedAt) -> tuple[datetime, str, int, int, str, str]:
    # Nothing tells which of two plans of one moment is newer. So their content decides.
    its = each.decision
    return (
        each.at,
        its.tier,
        its.seats,
        its.quantity,
        its.product_id,
        f"{its.months} {its.ends_at}",
    )


def plan_of(known: Known, decisions: list[DecidedAt], now: datetime) -> Decision:
    """Return the newest decision, with the newest quantity, because a new plan may tell none.

    Raises ValueError for a story without a decision, because such a license has no tier.
    """
    if not decisions:
        raise ValueError("a story needs a payment or a state with a decision")
    return replace(decisions[-1].decision, quantity=max(_quantities(known, now))[-1])


def _quantities(known: Known, now: datetime) -> Iterator[tuple[datetime, bool, int]]:
    """Yield each told quantity. At one moment, a state counts after a payment."""
    for each in known.payments:
        if each.decision is not None:
            yield each.sale.sold_at, False, each.decision.quantity
    for told in known.states:
        state = told.state
        # A plan without an entry leaves the license as it is.
        fits = state.product is None or told.decision is not None
        if fits and state.seats and state.seats > 0 and state.at <= now:
            yield state.at, True, state.seats
