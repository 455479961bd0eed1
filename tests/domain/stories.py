"""Stories of licenses, for the tests of the fold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from typing import TypeAlias

from domain.decisions import Decision
from domain.event import EventKind
from domain.facts import Act, Dispute, Fact, Refund, SubscriptionLink, SubscriptionState
from domain.lifecycle import DecidedFact, Life, PaidLine, Story, fold
from domain.sale import Product, Sale

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
ONCE = Decision("lumen", "Lumen", "core", seats=1, quantity=1, months=12, products_sha256="a")
MONTHLY = replace(ONCE, months=1)
PRO = replace(MONTHLY, tier="pro", seats=5)
PRICE = 2900

Told: TypeAlias = PaidLine | DecidedFact | Fact


def day(number: float) -> datetime:
    """Return noon of a day, counted from 10 January 2026."""
    return START + timedelta(days=number)


def ends(date: str) -> datetime:
    return datetime.fromisoformat(f"{date}T23:59:59Z")


def bought(order: str = "sale", on: float = 0, decision: Decision | None = ONCE) -> PaidLine:
    """Return a payment that belongs to no subscription."""
    lumen = Product("lumen", "Lumen")
    sale = Sale("shop", order, lumen, 1, PRICE, "usd", "ada@example.com", "Ada", day(on))
    return PaidLine(sale, decision, PRICE)


def charged(  # noqa: PLR0913 - a payment has as many sides
    order: str,
    on: float,
    decision: Decision | None = MONTHLY,
    *,
    price: int = PRICE,
    months: int | None = None,
    paid_until: datetime | None = None,
) -> PaidLine:
    """Return a payment of the subscription `plan`; `first` is the order of the first payment."""
    one = bought(order, on, decision)
    sale = replace(
        one.sale,
        subscription_id="plan",
        charge=order != "first",
        price=price,
        months=months,
        paid_until=paid_until,
    )
    return replace(one, sale=sale)


def refunded(order: str = "sale", on: float = 40, ref: str | None = None) -> Refund:
    return Refund(order, day(on), whole=True, refund_id=ref)


def reversed_(order: str = "sale", on: float = 45, ref: str | None = None) -> Refund:
    return Refund(order, day(on), whole=True, refund_id=ref, state="reversed")


def part(amount: int | None, on: float, ref: str | None, order: str = "sale") -> Refund:
    return Refund(order, day(on), whole=False, amount=amount, refund_id=ref)


def disputed(on: float = 40, order: str = "sale") -> Dispute:
    return Dispute(order, day(on), "open")


def won(on: float = 50, order: str = "sale") -> Dispute:
    return Dispute(order, day(on), "won")


def lost(on: float = 45, order: str = "sale") -> Dispute:
    return Dispute(order, day(on), "lost")


def canceled(on: float, ends_at: datetime | None = None) -> SubscriptionState:
    return SubscriptionState("plan", day(on), renews=False, ends_at=ends_at)


def uncanceled(on: float) -> SubscriptionState:
    return SubscriptionState("plan", day(on), renews=True)


def ended(on: float) -> SubscriptionState:
    return SubscriptionState("plan", day(on), renews=False, ended=True)


def restarted(on: float) -> SubscriptionState:
    return SubscriptionState("plan", day(on), renews=True, ended=False)


def paused(on: float) -> SubscriptionState:
    return SubscriptionState("plan", day(on), paused=True)


def resumed(on: float) -> SubscriptionState:
    return SubscriptionState("plan", day(on), paused=False)


def counted(on: float, quantity: int) -> SubscriptionState:
    return SubscriptionState("plan", day(on), seats=quantity)


def planned(on: float, decision: Decision | None) -> DecidedFact:
    """Return a change of the plan, with the mapping's decision about it."""
    seats = None if decision is None or decision.quantity == 1 else decision.quantity
    state = SubscriptionState("plan", day(on), seats=seats, product=Product("lumen", "Lumen"))
    return DecidedFact(state, decision)


def linked(
    on: float = 0, order: str = "first", until: datetime | None = None, line: str | None = None
) -> SubscriptionLink:
    return SubscriptionLink("plan", order, day(on), line, until)


def told_until(on: float, until: datetime) -> SubscriptionState:
    """Return a state that tells the end of the paid time."""
    return SubscriptionState("plan", day(on), paid_until=until)


def act(kind: EventKind, on: float, order: str = "sale") -> Act:
    return Act(order, day(on), kind, by="Grace")


def story(*told: Told) -> Story:
    facts = (each for each in told if not isinstance(each, PaidLine))
    return Story(
        payments=tuple(each for each in told if isinstance(each, PaidLine)),
        facts=tuple(e if isinstance(e, DecidedFact) else DecidedFact(e) for e in facts),
    )


def life(*told: Told, now: datetime = LATER) -> Life:
    return fold(story(*told), now)


def every_order(told: Story) -> Iterator[Story]:
    """Yield the story in each order, and each with every payment and fact given twice."""
    for payments, facts in product(permutations(told.payments), permutations(told.facts)):
        yield replace(told, payments=payments, facts=facts)
        yield replace(told, payments=payments + payments, facts=facts + facts)
