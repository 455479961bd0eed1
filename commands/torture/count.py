"""What a round left behind, and what of it breaks a promise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from commands.torture.plan import Order
from commands.torture.traffic import OK, Attempt
from domain.event import FAILED

Kind = Literal["lost", "doubled", "stuck"]
KINDS: tuple[Kind, ...] = ("lost", "doubled", "stuck")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Row:
    """An audit row; `mark` tells which request it is of."""

    mark: str
    order_id: str
    outcome: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Minted:
    license_id: int
    order_id: str
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery; `order_id` is the order that it tells of, which a charge's names itself."""

    delivery_id: int
    license_id: int
    order_id: str
    is_charge: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was found. `messages` holds the delivery of each mail that the provider took."""

    attempts: tuple[Attempt, ...]
    rows: tuple[Row, ...]
    sales: tuple[str, ...]
    licenses: tuple[Minted, ...]
    deliveries: tuple[Owed, ...]
    messages: tuple[int, ...]
    spooled: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    kind: Kind
    order_id: str
    what: str


def breaches(orders: Iterable[Order], found: Evidence) -> list[Breach]:
    """Return every broken promise: none, where nothing was lost, doubled or left open."""
    every = tuple(orders)
    lost = [*_lost_pings(found), *_lost_sales(every, found)]
    return [*lost, *_doubled(every, found), *_stuck(found)]


def _lost_pings(found: Evidence) -> Iterator[Breach]:
    stored = {row.mark for row in found.rows}
    for attempt in found.attempts:
        if attempt.status == OK and attempt.mark not in stored:
            yield Breach("lost", attempt.order_id, "a ping was answered 200 and has no audit row")
        if attempt.last and attempt.status not in {OK, None}:
            what = f"its sender was turned away with {attempt.status} until it gave up"
            yield Breach("lost", attempt.order_id, what)


def _lost_sales(orders: tuple[Order, ...], found: Evidence) -> Iterator[Breach]:
    licensed = {license_.order_id for license_ in found.licenses}
    members = {license_.subscription_id for license_ in found.licenses} - {None}
    failed = {row.order_id: row.error for row in found.rows if row.outcome == FAILED}
    unmailed = set(_unmailed(found))
    for order in orders:
        if order.order_id in failed:
            yield Breach("lost", order.order_id, f"it failed: {failed[order.order_id]}")
        elif order.order_id not in licensed and order.subscription_id not in members:
            yield Breach("lost", order.order_id, "it has no license")
        elif order.order_id in unmailed:
            yield Breach("lost", order.order_id, "its license was never e-mailed")


def _unmailed(found: Evidence) -> Iterator[str]:
    """Yield the orders whose mail nobody got.

    A new license's own is needless once another has told of it: a charge's, which was quicker.
    """
    mailed = set(found.messages)
    told = {owed.license_id for owed in found.deliveries if owed.delivery_id in mailed}
    yield from (each.order_id for each in found.licenses if each.license_id not in told)
    charges = (owed for owed in found.deliveries if owed.is_charge)
    yield from (owed.order_id for owed in charges if owed.delivery_id not in mailed)


def _doubled(orders: tuple[Order, ...], found: Evidence) -> Iterator[Breach]:
    of_row = {row.mark: row.order_id for row in found.rows}
    for mark, count in _repeated(row.mark for row in found.rows):
        yield Breach("doubled", of_row[mark], f"one request has {count} audit rows")
    for order_id, count in _repeated(license_.order_id for license_ in found.licenses):
        yield Breach("doubled", order_id, f"it has {count} licenses")
    first = {order.subscription_id: order.order_id for order in reversed(orders)}
    members = (each.subscription_id for each in found.licenses if each.subscription_id)
    for subscription_id, count in _repeated(members):
        yield Breach("doubled", first[subscription_id], f"its subscription has {count} licenses")
    for order_id, messages in _messages_by_order(found).items():
        for delivery_id, count in _repeated(messages):
            yield Breach("doubled", order_id, f"delivery {delivery_id} was mailed {count} times")
        if len(set(messages)) > 1:
            yield Breach("doubled", order_id, f"it was mailed by {len(set(messages))} deliveries")


def _stuck(found: Evidence) -> Iterator[Breach]:
    waiting: dict[str, str] = {}
    for row in found.rows:
        if row.outcome is None:
            waiting[row.order_id] = row.error or "nothing is said"
    for order_id, sentence in waiting.items():
        yield Breach("stuck", order_id, f"it is open still: {sentence}")
    if found.spooled:
        yield Breach("stuck", "–", f"the spool still holds {found.spooled} pings")


def _messages_by_order(found: Evidence) -> Mapping[str, list[int]]:
    order_of = {owed.delivery_id: owed.order_id for owed in found.deliveries}
    messages = defaultdict[str, list[int]](list)
    for delivery_id in found.messages:
        if delivery_id in order_of:
            messages[order_of[delivery_id]].append(delivery_id)
    return messages


def _repeated(items: Iterable[Item]) -> list[tuple[Item, int]]:
    return [(item, count) for item, count in Counter(items).items() if count > 1]
