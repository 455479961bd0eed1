"""The seller's acts on licenses: shows what would change, asks, and follows the act."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from commands.asking import require_yes
from commands.tables import print_json, tell, warn
from db.engine import Database
from db.views.lists import EventLine
from domain.advice import advised
from domain.catalog import Catalog
from domain.event import EventKind, Outcome
from kit.clock import utc_now
from kit.refusals import RefusedError
from operations.acts import ActWish, PlannedAct, plan_acts, record_acts
from operations.outcomes import outcomes_of

WAITS = "waits: it is applied by itself once the API and a worker run"


@dataclass(frozen=True, slots=True)
class Asked:
    """The sales or keys that a person named, and how the command shall behave.

    `catalog` is the mapping for an act that names a tier.
    """

    texts: Sequence[str]
    wish: ActWish
    yes: bool
    as_json: bool
    patience: timedelta
    catalog: Catalog | None = None


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act with its event. Field names are the JSON keys."""

    order: str
    license_id: int | None
    act: EventKind
    event_id: int
    outcome: str | None
    note: str | None
    error: str | None
    mailed: bool


def run_acts(asked: Asked, database: Database) -> None:
    """Print what would change, and change it after a person agrees. Raises RefusedError."""
    plans = plan_acts(database, asked.texts, asked.wish, utc_now())
    if not asked.as_json:
        _print_plans(plans)
    if asked.catalog is not None and asked.wish.tier is not None:
        warn(asked.catalog.doubt_of_tier(asked.wish.tier, plans[0].target.order))
    require_yes(_question(plans, asked.wish.kind), yes=asked.yes)
    events = record_acts(database, plans)
    lines = _lines(plans, asyncio.run(outcomes_of(database, events, asked.patience)))
    if asked.as_json:
        print_json(lines_as_json(lines))
    else:
        _print_lines(lines)
    if any(line.outcome == Outcome.FAILED for line in lines):
        raise RefusedError("not every act was applied: `mintpost events --status failed`")


def lines_as_json(lines: Sequence[ActLine]) -> list[dict[str, object]]:
    return [{name: getattr(line, name) for name in ActLine.__slots__} for line in lines]


def _question(plans: Sequence[PlannedAct], kind: EventKind) -> str:
    which = "this license" if len(plans) == 1 else f"these {len(plans)} licenses"
    return f"{kind.capitalize()}: change {which}?"


def _print_plans(plans: Sequence[PlannedAct]) -> None:
    for plan in plans:
        mails = "mails the new token" if plan.mailed else "mails nobody"
        told = ", ".join(plan.told) or f"license {plan.target.license_id} stays as it is"
        tell(f"{plan.target.order}: {told}; {mails}")


def _lines(plans: Sequence[PlannedAct], events: Sequence[EventLine]) -> list[ActLine]:
    return [
        ActLine(
            order=plan.target.order,
            license_id=plan.target.license_id,
            act=plan.act.act,
            event_id=event.id,
            outcome=event.outcome,
            note=event.note,
            error=event.error,
            mailed=plan.mailed,
        )
        for plan, event in zip(plans, events, strict=True)
    ]


def _print_lines(lines: Sequence[ActLine]) -> None:
    for line in lines:
        tell(f"{line.order}: event {line.event_id} {_end(line)}")


def _end(line: ActLine) -> str:
    if line.outcome is None:
        because = f"waits: {line.error}" if line.error else WAITS
        return f"{because}; {advised('show', line.order)}"
    said = line.error or line.note
    return f"{line.outcome}: {said}" if said else line.outcome
