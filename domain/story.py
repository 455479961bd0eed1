"""Everything known about one license, and the part of it that counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.decisions import Decision
from domain.facts import Act, Dispute, Fact, Refund, SubscriptionLink, SubscriptionState
from domain.pairing import ALONE, Licensed
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
    `licensed` are the lines of the subscription that have licenses, because a state may tell of one
    line alone.
    """

    payments: tuple[PaidLine, ...]
    facts: tuple[DecidedFact, ...] = ()
    refused: frozenset[str] = frozenset()
    licensed: Licensed = ALONE


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
    links: tuple[SubscriptionLink, ...]
    is_subscription: bool


def sort_out(story: Story) -> Known:
    """Leave out facts about other orders, lines and subscriptions."""
    orders = {each.sale.order_id for each in story.payments}
    lines = {(each.sale.order_id, each.sale.line) for each in story.payments}
    links = tuple(_links(story, lines))
    subscriptions = _subscriptions(story, links)
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
        links=tuple(each for each in links if each.subscription_id in subscriptions),
        is_subscription=bool(subscriptions),
    )


def _links(story: Story, lines: set[tuple[str, str]]) -> Iterator[SubscriptionLink]:
    """Yield the links of the license's orders, without those of other lines."""
    for each in story.facts:
        link = each.fact
        if isinstance(link, SubscriptionLink) and any(
            link.order_id == order_id and link.line in {None, line} for order_id, line in lines
        ):
            yield link


def _subscriptions(story: Story, links: Iterable[SubscriptionLink]) -> set[str]:
    """Return the subscription of the payments, or else the linked ones."""
    told = {each.sale.subscription_id for each in story.payments}
    return {each for each in told if each is not None} or {each.subscription_id for each in links}


def _states(story: Story, subscriptions: set[str]) -> Iterator[ToldState]:
    for each in story.facts:
        fact = each.fact
        if not isinstance(fact, SubscriptionState) or fact.subscription_id not in subscriptions:
            continue
        if fact.line is None or story.licensed.is_own(fact.line, fact.among):
            yield ToldState(fact, each.decision)


def _in_time(payments: Iterable[PaidLine]) -> tuple[PaidLine, ...]:
    once = {(each.sale.order_id, each.sale.line): each for each in payments}
    return tuple(
        once[name] for name in sorted(once, key=lambda name: (once[name].sale.sold_at, name))
    )
