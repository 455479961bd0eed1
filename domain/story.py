"""Everything known about one license, and the part of it that counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.decisions import Decision
from domain.facts import Act, Dispute, Fact, Refund, SubscriptionLink, SubscriptionState
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A payment of the license's line, with the decision about it.

    `decision` None: the mapping had no entry, and the license keeps its plan. `order_total` is the
    price of all lines of the order.
    """

    sale: Sale
    decision: Decision | None
    order_total: int


@dataclass(frozen=True, slots=True)
class DecidedFact:
    """A fact, with the decision about the plan that it names."""

    fact: Fact
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known about one license, in any order, with repetitions.

    `refused` are orders of its subscription whose payment got no license. An act may name them.
    """

    payments: tuple[PaidLine, ...]
    facts: tuple[DecidedFact, ...] = ()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToldState:
    """A subscription's state, with the decision about the plan that it names."""

    state: SubscriptionState
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that concern the license.

    `payments` are in the order of their own times, each once. The other facts have no order, and
    may stand there repeatedly.
    """

    payments: tuple[PaidLine, ...]
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]
    states: tuple[ToldState, ...]
    acts: tuple[Act, ...]
    is_subscription: bool


def sort_out(story: Story) -> Known:
    """Leave out facts about other orders, lines and subscriptions."""
    orders = {each.sale.order_id for each in story.payments}
    lines = {(each.sale.order_id, each.sale.line) for each in story.payments}
    subscriptions = {*_subscriptions(story, orders)}
    facts = [each.fact for each in story.facts]
    acts = (
        each for each in facts if isinstance(each, Act) and each.order_id in orders | story.refused
    )
    return Known(
        payments=_in_time(story.payments),
        refunds=tuple(f for f in facts if isinstance(f, Refund) and f.order_id in orders),
        disputes=tuple(f for f in facts if isinstance(f, Dispute) and f.order_id in orders),
        states=tuple(_states(story, subscriptions)),
        acts=tuple(a for a in acts if a.line is None or (a.order_id, a.line) in lines),
        is_subscription=bool(subscriptions),
    )


def _subscriptions(story: Story, orders: set[str]) -> Iterator[str]:
    for paid in story.payments:
        if paid.sale.subscription_id is not None:
            yield paid.sale.subscription_id
    for each in story.facts:
        if isinstance(each.fact, SubscriptionLink) and each.fact.order_id in orders:
            yield each.fact.subscription_id


def _states(story: Story, subscriptions: set[str]) -> Iterator[ToldState]:
    for each in story.facts:
        fact = each.fact
        if isinstance(fact, SubscriptionState) and fact.subscription_id in subscriptions:
            yield ToldState(fact, each.decision)


def _in_time(payments: Iterable[PaidLine]) -> tuple[PaidLine, ...]:
    once = {(each.sale.order_id, each.sale.line): each for each in payments}
    return tuple(
        once[name] for name in sorted(once, key=lambda name: (once[name].sale.sold_at, name))
    )
