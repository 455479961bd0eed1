"""Draws a story for a share of the sales, and plans its events and acts at random moments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from domain.event import EventKind
from domain.facts import Act
from domain.license import end_of_day
from storefronts.sample import PaidOrder
from storefronts.sample_events import SampleEvent
from torture.orders import CHARGES, MEMBERSHIPS, TERM, Order
from torture.stories import Happening, Story, on_memberships, on_sales, shuffled
from torture.traits import ShopTraits

WITH_STORY = (5, 7)
"""The single sales of every eight with a story. Each whole membership has a story."""
BY = "torture"


@dataclass(frozen=True, slots=True)
class DrawnStory:
    """A story, with the orders that it happens to, oldest first."""

    story: Story
    orders: tuple[Order, ...]

    @property
    def began(self) -> datetime:
        return self.orders[0].paid_at

    @property
    def expires_at(self) -> datetime | None:
        end = self.story.end
        if end.until is not None:
            return end_of_day(self.began + timedelta(days=end.until))
        return TERM.end(self.orders[end.charge].paid_at)


@dataclass(frozen=True, slots=True)
class ShopEvent:
    """A shop's event about an order. `at` is the shop's own time."""

    name: SampleEvent
    order: Order
    paid: tuple[PaidOrder, ...]
    at: datetime
    tier: str | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """The seller's act, `at` seconds after the round began. `key` makes a repetition harmless."""

    at: float
    act: Act
    key: str


def drawn_stories(
    orders: Sequence[Order], shop: ShopTraits, chance: Random
) -> Iterator[DrawnStory]:
    of_sales = shuffled(on_sales(shop), chance)
    of_memberships = shuffled(on_memberships(shop), chance)
    for number, order in enumerate(orders):
        if number % MEMBERSHIPS in WITH_STORY:
            yield DrawnStory(next(of_sales), (order,))
        charges = tuple(orders[number : number + CHARGES])
        if order.subscription_id and order.charge == 0 and len(charges) == CHARGES:
            yield DrawnStory(next(of_memberships), charges)


def shop_events(drawn: DrawnStory) -> Iterator[ShopEvent]:
    paid = tuple(PaidOrder(each.order_id, each.paid_at) for each in drawn.orders)
    for each in drawn.story.happenings:
        if isinstance(each.what, SampleEvent):
            order, at = drawn.orders[each.charge], _moment(drawn, each)
            yield ShopEvent(each.what, order, paid, at, each.tier, each.seats)


def acts(drawn: DrawnStory, seconds: float, chance: Random) -> Iterator[PlannedAct]:
    """Yield the acts, some a second time. The times in them stay in their order."""
    for number, each in enumerate(drawn.story.happenings):
        if isinstance(each.what, EventKind):
            act = _act(drawn, each, each.what)
            key = f"{act.order_id}/act/{number}"
            for _ in range(chance.choice([1, 1, 2])):
                yield PlannedAct(chance.uniform(0, seconds), act, key)


def _act(drawn: DrawnStory, each: Happening, kind: EventKind) -> Act:
    until = None if each.until is None else drawn.began + timedelta(days=each.until)
    return Act(
        order_id=drawn.orders[0].order_id,
        at=_moment(drawn, each),
        act=kind,
        by=BY,
        until=until,
        seats=each.seats,
        tier=each.tier,
    )


def _moment(drawn: DrawnStory, each: Happening) -> datetime:
    return drawn.began + timedelta(days=each.day)


def count_events(stories: Iterable[DrawnStory]) -> dict[str, int]:
    """Count the events and acts of the stories by their name."""
    counts: dict[str, int] = {}
    for each in (each for drawn in stories for each in drawn.story.happenings):
        counts[each.what.value] = counts.get(each.what.value, 0) + 1
    return dict(sorted(counts.items()))
