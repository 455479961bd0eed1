"""Strategies that draw stories of licenses. The orders are `first`, `second` and `third`."""

from dataclasses import replace

from hypothesis import strategies as st

from domain.event import EventKind
from domain.facts import Act, Dispute, Refund, SubscriptionState
from domain.lifecycle import DecidedFact, PaidLine, Story
from tests.domain.stories import MONTHLY, PRICE, PRO, act, charged, day

KEEPING = replace(PRO, months=12, keep_after_end=True)
DAYS = st.integers(0, 400)
TIMES = DAYS.map(day)
ORDERS = st.sampled_from(["first", "second", "third"])
NAMES = st.sampled_from([None, "one", "two"])
TOLD = st.sampled_from([None, True, False])
ACTS = (
    act(EventKind.REVOKE, 0, "first"),
    act(EventKind.RESTORE, 0, "second"),
    act(EventKind.REMAP, 0, "first"),
    replace(act(EventKind.EXTEND, 0, "first"), until=day(200)),
    replace(act(EventKind.SEATS, 0, "first"), seats=9),
    replace(act(EventKind.TIER, 0, "first"), tier="max"),
)


@st.composite
def acts(draw: st.DrawFn) -> Act:
    return replace(draw(st.sampled_from(ACTS)), at=draw(TIMES))


@st.composite
def refunds(draw: st.DrawFn) -> Refund:
    return Refund(
        draw(ORDERS),
        draw(TIMES),
        whole=draw(st.booleans()),
        amount=draw(st.sampled_from([None, 0, PRICE // 2, PRICE, PRICE * 3])),
        refund_id=draw(NAMES),
        state=draw(st.sampled_from(["made", "made", "failed", "reversed"])),
    )


@st.composite
def disputes(draw: st.DrawFn) -> Dispute:
    one = Dispute(draw(ORDERS), draw(TIMES), "open", draw(NAMES))
    return draw(st.sampled_from([one, replace(one, state="won"), replace(one, state="lost")]))


@st.composite
def states(draw: st.DrawFn, *, may_end: bool = True) -> SubscriptionState:
    return SubscriptionState(
        "plan",
        draw(TIMES),
        renews=draw(TOLD),
        ends_at=draw(st.none() | TIMES),
        paused=draw(TOLD),
        ended=draw(TOLD) if may_end else None,
        seats=draw(st.none() | st.integers(-1, 5)),
    )


@st.composite
def facts(draw: st.DrawFn, *, may_end: bool = True) -> DecidedFact:
    fact = draw(refunds() | disputes() | states(may_end=may_end) | acts())
    plan = draw(st.sampled_from([None, MONTHLY, PRO, KEEPING]))
    return DecidedFact(fact, plan if isinstance(fact, SubscriptionState) else None)


@st.composite
def payments(draw: st.DrawFn, order: str, *, plain: bool = False) -> PaidLine:
    """Return a payment of the subscription. A plain one was not free and fits an entry."""
    unmapped = [] if plain or order == "first" else [None]
    return charged(
        order,
        draw(DAYS),
        draw(st.sampled_from([MONTHLY, PRO, KEEPING, *unmapped])),
        price=draw(st.sampled_from([PRICE] if plain else [PRICE, PRICE, 0])),
        months=draw(st.sampled_from([None, 1, 3])),
    )


@st.composite
def stories(draw: st.DrawFn, *, plain: bool = False) -> Story:
    """Return a story of a subscription. A plain one has no ending and no free payment."""
    orders = ["first", "second", "third"][: draw(st.integers(1, 3))]
    paid = tuple(draw(payments(order, plain=plain)) for order in orders)
    return Story(paid, tuple(draw(st.lists(facts(may_end=not plain), max_size=6))))


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[Story, Story]:
    """Return a story, and the same in another order and with repetitions."""
    one = draw(stories())
    again = st.lists(st.sampled_from(one.facts), max_size=3) if one.facts else st.just([])
    told = draw(st.permutations([*one.facts, *draw(again)]))
    paid = draw(st.permutations([*one.payments, one.payments[0]]))
    return one, Story(tuple(paid), tuple(told))
