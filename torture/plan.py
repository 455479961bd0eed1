"""Plans a torture run from a seed, so that the same seed gives the same run.

Times are seconds from the start of a round. Nothing here depends on the running stack.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from random import Random

from torture.app_plan import PlannedApp, planned_apps
from torture.drawing import DrawnStory, PlannedAct, ShopEvent, acts, drawn_stories, shop_events
from torture.orders import HOST, MISTYPED_HOST, SOME_DAY, Order, make_orders
from torture.traits import EVERY_EVENT, ShopTraits

SECONDS_PER_SALE = 0.2
SHORTEST_ROUND = 5.0
LONG_BODY_EVERY = 4
"""Of the sales sent several times, one request in four has a long body."""
SOON = 0.3
"""A sale is usually mailed within this time in seconds. A correction may come before the mail."""


class Fault(StrEnum):
    """Faults, by the text shown while the torture runs."""

    API_KILLED = "kill -9 of the API"
    WORKER_KILLED = "kill -9 of the worker"
    TEMPORAL_KILLED = "kill -9 of Temporal"
    DATABASE_AWAY = "the database is away"

    SLOWED_DOWN = "the provider answers 429"
    CLOSED = "the provider answers 503"
    TOKEN_REFUSED = "the provider answers 401"  # noqa: S105 - a fault's name
    HANGS = "the provider hangs"
    FAILS = "the provider answers 500"
    ACCEPTS_AND_FAILS = "the provider accepts and answers 500"
    ACCEPTS_AND_DROPS = "the provider accepts and drops the connection"
    ACCEPTS_AND_LISTS_LATE = "the provider accepts, drops the connection and lists the mail late"
    ACCEPTS_AND_HANGS = "the provider accepts and hangs"
    ACCEPTS_UNREADABLY = "the provider accepts with an answer that cannot be read"
    WORKER_KILLED_MAILING = "kill -9 of the worker while the provider has its mail"
    RESET_MAILING = "a sale is reset while the provider has its mail"
    CANCELED_MAILING = "a sale is canceled while the provider has its mail, and replayed"
    COMPLETED_BY_HAND = "a pending step is completed by hand while its mail is owed"

    SHOP_FAILS = "the shop's API answers 500"
    SHOP_CLOSED = "the shop's API answers 503"
    SHOP_SLOWS_DOWN = "the shop's API answers 429"
    SHOP_REDIRECTS = "the shop's API redirects"
    SHOP_UNREADABLE = "the shop's API answers HTML"
    SHOP_HALVES = "the shop's API gives half an answer"
    SHOP_BREAKS_OFF = "the shop's API drops the connection"
    SHOP_HANGS = "the shop's API hangs"
    SHOP_REFUSES_KEY = "the shop's API refuses the key"
    SHOP_DENIES_RIGHT = "the shop's API says that the key lacks a right"
    SHOP_EMPTIES_LISTS = "the shop's API gives empty pages"
    SHOP_NEVER_ENDS = "the shop's API gives lists without an end"


PROCESS_FAULTS = (
    Fault.API_KILLED,
    Fault.WORKER_KILLED,
    Fault.TEMPORAL_KILLED,
    Fault.DATABASE_AWAY,
)
SHOP_FAULTS = tuple(fault for fault in Fault if fault.name.startswith("SHOP_"))
MAIL_FAULTS = tuple(fault for fault in Fault if fault not in {*PROCESS_FAULTS, *SHOP_FAULTS})
WHILE_MAILING = (
    Fault.WORKER_KILLED_MAILING,
    Fault.RESET_MAILING,
    Fault.CANCELED_MAILING,
    Fault.COMPLETED_BY_HAND,
)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A planned fault: unavailable for `seconds`, or applied to `mails` mails one by one."""

    at: float
    fault: Fault
    seconds: float = 0
    mails: int = 1


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A request about a sale, or about its later `event`.

    When `is_long`, the API does not read the body, so the worker names the order.
    """

    at: float
    order: Order
    is_long: bool = False
    event: ShopEvent | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """An operator's correction: at this time, or as soon as a request names the order.

    When `waits`, the provider refuses every mail to the mistyped address until the correction.
    """

    at: float
    order: Order
    to: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """The plan of a round. `prefix` begins the ids of this round's orders only.

    `reports_mails`: the provider reports what became of its mails. Because a report ends the doubt
    about a mail, a round that tries the doubt itself has none.
    """

    seed: int
    prefix: str
    orders: tuple[Order, ...]
    requests: tuple[PlannedRequest, ...]
    disturbances: tuple[Disturbance, ...]
    corrections: tuple[Correction, ...] = ()
    stories: tuple[DrawnStory, ...] = ()
    acts: tuple[PlannedAct, ...] = ()
    apps: tuple[PlannedApp, ...] = ()
    reports_mails: bool = False


def make_schedule(
    seed: int, sales: int, began: datetime = SOME_DAY, shop: ShopTraits = EVERY_EVENT
) -> Schedule:
    """Return the round for a seed and a number of sales: always the same.

    The first payments were made at `began`.
    """
    chance = Random(seed)  # noqa: S311 - to be repeated, and no secret
    seconds = max(SHORTEST_ROUND, sales * SECONDS_PER_SALE)
    prefix = f"torture-{seed}-"
    orders = tuple(make_orders(prefix, sales, began, shop.charge_id))
    requests = [request for order in orders for request in _requests(order, seconds, chance)]
    stories = tuple(drawn_stories(orders, shop, chance))
    told = [each for drawn in stories for each in _told(drawn, seconds, chance)]
    by_hand = [each for drawn in stories for each in acts(drawn, seconds, chance)]
    disturbances = [
        *_lane(PROCESS_FAULTS, 5.0, seconds, chance),
        *_lane(MAIL_FAULTS, 0.8, seconds, chance),
    ]
    if shop.has_api:
        # Drawn apart from the rest, so that a seed keeps its other faults.
        own = Random(f"{seed}/shop")  # noqa: S311 - to be repeated, and no secret
        disturbances += _lane(SHOP_FAULTS, 1.5, seconds, own)
    return Schedule(
        seed,
        prefix,
        orders,
        tuple(sorted([*_some_long(requests, chance), *told], key=lambda request: request.at)),
        tuple(sorted(disturbances, key=lambda disturbance: disturbance.at)),
        tuple(
            sorted(_corrections(requests, seconds, chance), key=lambda correction: correction.at)
        ),
        stories,
        tuple(sorted(by_hand, key=lambda planned: planned.at)),
        tuple(planned_apps(orders, seconds, seed)),
        reports_mails=True,
    )


def _requests(order: Order, seconds: float, chance: Random) -> Iterator[PlannedRequest]:
    """Yield the order's requests at random times, because no shop promises an order of arrival.

    Some are followed by copies, at once or later.
    """
    at = chance.uniform(0, seconds)
    copies = chance.choices([0, 1, 3], weights=[80, 15, 5])[0]
    late = chance.choices([0, 1], weights=[70, 30])[0]
    yield from (PlannedRequest(at, order) for _ in range(1 + copies))
    yield from (PlannedRequest(chance.uniform(at, seconds), order) for _ in range(late))


def _told(drawn: DrawnStory, seconds: float, chance: Random) -> Iterator[PlannedRequest]:
    """Yield the events of a story in no order: before, beside and after their sale."""
    for event in shop_events(drawn):
        for _ in range(chance.choice([1, 1, 2, 3])):
            yield PlannedRequest(chance.uniform(0, seconds), event.order, event=event)


def _some_long(requests: Sequence[PlannedRequest], chance: Random) -> Iterator[PlannedRequest]:
    """Yield the same requests, some with a long body: the first of the sale, a copy, or all."""
    sent = Counter(request.order for request in requests)
    for request in requests:
        is_long = sent[request.order] > 1 and chance.randrange(LONG_BODY_EVERY) == 0
        yield replace(request, is_long=is_long)


def _corrections(
    requests: Sequence[PlannedRequest], seconds: float, chance: Random
) -> Iterator[Correction]:
    """Yield corrections: some while the license is minted and mailed, others at any later time."""
    first: dict[Order, float] = {}
    for request in requests:
        if request.order.email.endswith(MISTYPED_HOST):
            first[request.order] = min(request.at, first.get(request.order, request.at))
    for order, at in first.items():
        soon, late = chance.uniform(at, at + SOON), chance.uniform(at, seconds)
        to = order.email.replace(MISTYPED_HOST, HOST)
        yield Correction(chance.choice([soon, late]), order, to, chance.choice([True, False]))


def _lane(
    faults: Sequence[Fault], pause: float, seconds: float, chance: Random
) -> Iterator[Disturbance]:
    """Yield faults about `pause` seconds apart, and each kind once before any is repeated.

    A short round has shorter pauses, so that every kind happens.
    """
    pause = min(pause, seconds / len(faults))
    at, deck, left = 0.0, list[Fault](), len(faults)
    while (at := at + chance.uniform(0.5, 1.5) * pause) < seconds or left > 0:
        deck = deck or _shuffled(faults, chance)
        fault = deck.pop()
        mails = 1 if fault in WHILE_MAILING else chance.choice([1, 1, 2])
        # Longer than a query waits for SQLite's lock.
        longest = 4.0 if fault is Fault.DATABASE_AWAY else 1.5
        yield Disturbance(at, fault, chance.uniform(0.2, longest), mails)
        left -= 1


def _shuffled(faults: Sequence[Fault], chance: Random) -> list[Fault]:
    """Return the faults in random order, to be taken from the end.

    A worker killed during a sale's first seconds delays that sale by ten seconds, until Temporal
    notices. That fault comes first, so that a short round ends soon.
    """
    deck = chance.sample(faults, len(faults))
    return sorted(deck, key=lambda fault: fault is Fault.WORKER_KILLED_MAILING)
