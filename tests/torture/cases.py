"""Cases with one guard switched off, and the fault that the guard is for. See `docs/torture.md`.

The switches are here and not in the product: either a `sitecustomize.py` that the processes import,
or a database without a constraint.
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
    """A case.

    `kinds` are the expected breaches. `lax`: the database allows two licenses per line. The acts
    come as in `acts`, whatever their own times say.
    """

    switch: str
    disturbance: Disturbance | None
    kinds: frozenset[Kind]
    lax: bool = False
    stories: tuple[DrawnStory, ...] = ()
    acts: tuple[PlannedAct, ...] = ()
    pauses: tuple[float, ...] = PAUSES


ORDER = Order("torture-0-sale", "buyer@example.com", paid_at=first_day(utc_now()))
DOUBLED: frozenset[Kind] = frozenset({"doubled"})
WRONG: frozenset[Kind] = frozenset({"wrong states"})
LOST: frozenset[Kind] = frozenset({"lost"})
KILLED = Disturbance(0, Fault.WORKER_KILLED_MAILING)
RESET = Disturbance(0, Fault.RESET_MAILING)
# Longer than the API waits for the database, and the sender does not retry.
AWAY = Disturbance(0, Fault.DATABASE_AWAY, 6)

REVOKED = DrawnStory(
    next(each for each in ON_SALES if each.name == "restored and revoked"), (ORDER,)
)
ACTS = {each.act.act: each.act for each in acts(REVOKED, 0, Random(1))}  # noqa: S311 - no secret

CASES: Mapping[str, Case] = {
    "not even the constraint": Case("no_second_look", KILLED, DOUBLED, lax=True),
    "no lease and no compare-and-swap": Case("no_claim", RESET, DOUBLED),
    "arrival for time": Case(
        "arrival_for_time",
        None,
        WRONG,
        stories=(REVOKED,),
        acts=(
            PlannedAct(0, ACTS[EventKind.REVOKE], f"{ORDER.order_id}/revoke"),
            PlannedAct(1, ACTS[EventKind.RESTORE], f"{ORDER.order_id}/restore"),
        ),
    ),
    "no spool": Case("no_spool", AWAY, LOST, pauses=()),
}
