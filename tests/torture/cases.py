"""Cases with one guard switched off, and the fault that the guard is for. See `docs/torture.md`.

The switches are here and not in the product: either a `sitecustomize.py` that the processes import,
or a database without a constraint.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from torture.plan import Disturbance, Fault
from torture.traffic import PAUSES
from torture.verdict import Kind


@dataclass(frozen=True, slots=True)
class Case:
    """A case.

    `kinds` are the expected breaches. `lax`: the database allows two licenses per line.
    """

    switch: str
    disturbance: Disturbance
    kinds: frozenset[Kind]
    lax: bool = False
    pauses: tuple[float, ...] = PAUSES


DOUBLED: frozenset[Kind] = frozenset({"doubled"})
LOST: frozenset[Kind] = frozenset({"lost"})
KILLED = Disturbance(0, Fault.WORKER_KILLED_MAILING)
RESET = Disturbance(0, Fault.RESET_MAILING)
# Longer than the API waits for the database, and the sender does not retry.
AWAY = Disturbance(0, Fault.DATABASE_AWAY, 6)

CASES: Mapping[str, Case] = {
    "not even the constraint": Case("no_second_look", KILLED, DOUBLED, lax=True),
    "no lease and no compare-and-swap": Case("no_claim", RESET, DOUBLED),
    "no spool": Case("no_spool", AWAY, LOST, pauses=()),
}
