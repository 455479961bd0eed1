"""What a torture run does and when: all of it follows from a seed, so that it can be repeated.

Times are seconds from the start of a round. Nothing here depends on how it goes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

HOST, MISTYPED_HOST = "example.com", "exmaple.com"
SECONDS_PER_SALE = 0.2
SHORTEST_ROUND = 5.0
MEMBERSHIPS = 8
"""One sale in so many begins a membership; the two after it are its later charges."""
CHARGES = 3
MISTYPED = (4, 6)
"""Which of every eight sales have a mistyped address. None of them is of a membership."""
LONG = 4
"""Of the sales that are sent several times, one request in so many has a long body."""
SOON = 0.3
"""Within so many seconds a sale is usually mailed, so that a correction may come in between."""


class Fault(StrEnum):
    """As a person reads them while it runs."""

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
    COMPLETED_BY_HAND = "a pending step is completed by hand while its mail is owed"


PROCESS_FAULTS = tuple(Fault)[:4]
MAIL_FAULTS = tuple(Fault)[4:]
WHILE_MAILING = (Fault.WORKER_KILLED_MAILING, Fault.RESET_MAILING, Fault.COMPLETED_BY_HAND)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """`seconds` is how long something is away; `mails` how many mails it befalls, one by one."""

    at: float
    fault: Fault
    seconds: float = 0
    mails: int = 1


@dataclass(frozen=True, slots=True)
class Order:
    """One sale. `charge` counts the payments of its subscription, from 0."""

    order_id: str
    email: str
    subscription_id: str | None = None
    charge: int = 0


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """`is_long`: the API does not read its body, which so is named by the worker."""

    at: float
    order: Order
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """An operator gives the right address at that moment, or as soon as an event names the order.

    `waits`: the provider refuses every mail to the mistyped one until then.
    """

    at: float
    order: Order
    to: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """`prefix` begins the id of each order, and of no other round's."""

    seed: int
    prefix: str
    orders: tuple[Order, ...]
    requests: tuple[PlannedRequest, ...]
    disturbances: tuple[Disturbance, ...]
    corrections: tuple[Correction, ...] = ()


def make_schedule(seed: int, sales: int) -> Schedule:
    """Return the round that this seed and this number of sales always give."""
    chance = Random(seed)  # noqa: S311 - to be repeated, and no secret
    seconds = max(SHORTEST_ROUND, sales * SECONDS_PER_SALE)
    prefix = f"torture-{seed}-"
    orders = tuple(_orders(prefix, sales))
    requests = [request for order in orders for request in _requests(order, seconds, chance)]
    disturbances = [
        *_lane(PROCESS_FAULTS, 5.0, seconds, chance),
        *_lane(MAIL_FAULTS, 0.8, seconds, chance),
    ]
    return Schedule(
        seed,
        prefix,
        orders,
        tuple(sorted(_some_long(requests, chance), key=lambda request: request.at)),
        tuple(sorted(disturbances, key=lambda disturbance: disturbance.at)),
        tuple(
            sorted(_corrections(requests, seconds, chance), key=lambda correction: correction.at)
        ),
    )


def _orders(prefix: str, sales: int) -> Iterator[Order]:
    for number in range(sales):
        charge = number % MEMBERSHIPS
        member = number - charge if charge < CHARGES and number >= MEMBERSHIPS else None
        host = MISTYPED_HOST if charge in MISTYPED else HOST
        yield Order(
            order_id=f"{prefix}{number:04}",
            email=f"buyer-{number if member is None else member:04}@{host}",
            subscription_id=None if member is None else f"{prefix}member-{member:04}",
            charge=0 if member is None else charge,
        )


def _requests(order: Order, seconds: float, chance: Random) -> Iterator[PlannedRequest]:
    """Yield a request at any moment, for no order is promised; often copies at once or later."""
    at = chance.uniform(0, seconds)
    copies = chance.choices([0, 1, 3], weights=[80, 15, 5])[0]
    late = chance.choices([0, 1], weights=[70, 30])[0]
    yield from (PlannedRequest(at, order) for _ in range(1 + copies))
    yield from (PlannedRequest(chance.uniform(at, seconds), order) for _ in range(late))


def _some_long(requests: Sequence[PlannedRequest], chance: Random) -> Iterator[PlannedRequest]:
    """Yield the same, some of them long: the first of its sale, a copy, or all."""
    sent = Counter(request.order for request in requests)
    for request in requests:
        is_long = sent[request.order] > 1 and chance.randrange(LONG) == 0
        yield replace(request, is_long=is_long)


def _corrections(
    requests: Sequence[PlannedRequest], seconds: float, chance: Random
) -> Iterator[Correction]:
    """Yield some while the license is minted and mailed, and others at any later moment."""
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
    """Yield faults about a `pause` apart, each kind once before any comes again.

    A short round has them closer together, so that none is left out.
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
    """Return a deck to take from its end.

    A worker killed in a sale's first seconds costs that sale ten, until Temporal notices. That
    comes first, so that a short round is over soon.
    """
    deck = chance.sample(faults, len(faults))
    return sorted(deck, key=lambda fault: fault is Fault.WORKER_KILLED_MAILING)
