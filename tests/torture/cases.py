"""Cases with one guard switched off, and the fault that the guard is for. See `docs/torture.md`.

The switches are here and not in the product: either a `sitecustomize.py` that a process imports, or
a database without a constraint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from domain.event import EventKind
from kit.clock import utc_now
from torture.drawing import DrawnStory, PlannedAct, acts
from torture.orders import Order, first_day
from torture.plan import Disturbance, Fault
from torture.stories import ON_SALES
from torture.traffic import PAUSES
from torture.verdict import Kind


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its sale, its fault, and the expected breaches.

    `switch` is the worker's. The acts come as in `acts`, whatever their own times say.
    """

    order: Order
    switch: str
    disturbance: Disturbance | None
    kinds: frozenset[Kind]
    stories: tuple[DrawnStory, ...] = ()
    acts: tuple[PlannedAct, ...] = ()
    pauses: tuple[float, ...] = PAUSES


def order_of_round(number: int) -> Order:
    return Order(f"torture-{number}-sale", "buyer@example.com", paid_at=first_day(utc_now()))


DOUBLED: frozenset[Kind] = frozenset({"doubled"})
WRONG: frozenset[Kind] = frozenset({"wrong states"})
LOST: frozenset[Kind] = frozenset({"lost"})
# Longer than the API waits for the database, and the sender does not retry.
AWAY = Disturbance(0, Fault.DATABASE_AWAY, 6)

REVOKED = DrawnStory(
    next(each for each in ON_SALES if each.name == "restored and revoked"), (order_of_round(1),)
)
ACTS = {each.act.act: each.act for each in acts(REVOKED, 0, Random(1))}  # noqa: S311 - no secret

NO_SPOOL = "no_spool"
"""The switch of the API in all rounds: the database is away in one of them only."""

CASES: Mapping[str, Case] = {
    "no spool": Case(order_of_round(0), NO_SPOOL, AWAY, LOST, pauses=()),
    "arrival for time": Case(
        order_of_round(1),
        "arrival_for_time",
        None,
        WRONG,
        stories=(REVOKED,),
        acts=(
            PlannedAct(0, ACTS[EventKind.REVOKE], "torture-1-sale/revoke"),
            PlannedAct(1, ACTS[EventKind.RESTORE], "torture-1-sale/restore"),
        ),
    ),
    "no look-up": Case(
        order_of_round(2), "no_look_up", Disturbance(0, Fault.ACCEPTS_AND_FAILS), DOUBLED
    ),
    "no lease and no compare-and-swap": Case(
        order_of_round(3), "no_claim", Disturbance(0, Fault.RESET_MAILING), DOUBLED
    ),
    "not even the constraint": Case(
        order_of_round(4), "no_second_look", Disturbance(0, Fault.WORKER_KILLED_MAILING), DOUBLED
    ),
}
