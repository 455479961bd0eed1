"""The seller's acts on licenses: revoke, restore, extend, seats and tier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.acting import NewAct, record_act
from db.applying import Applied, NewFacts, apply_event
from db.engine import Database
from db.inserting import the_one
from db.tables import LicenseRow
from db.undoing import undone
from domain.advice import advised
from domain.event import EventKind
from domain.facts import Act
from domain.identifiers import order_reference
from domain.license import Term
from kit.refusals import RefusedError
from operations.meant import WithoutLicenseError, licenses_of_text

ON_SALES = (EventKind.REVOKE, EventKind.RESTORE)
"""The acts that a sale without a license can have: it then gets none, or gets one after all."""

NO_LICENSE_YET = {
    EventKind.REVOKE: "it has no license yet, and will get none",
    EventKind.RESTORE: "it has no license yet, and may get one",
}


@dataclass(frozen=True, slots=True)
class ActWish:
    """An act, with the person and the reason. `months` is added to each license's own end."""

    kind: EventKind
    by: str
    why: str | None = None
    until: datetime | None = None
    months: int | None = None
    seats: int | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A license, or a sale without one. `line` None: every license that the order will have."""

    source: str
    order_id: str
    line: str | None = None
    license_id: int | None = None
    expires_at: datetime | None = None

    @property
    def order(self) -> str:
        return order_reference(self.source, self.order_id)


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """An act on one target. `told` are the changes, as clauses; `mailed`: the holder is mailed."""

    target: Target
    act: Act
    told: tuple[str, ...]
    mailed: bool


def plan_acts(
    database: Database, texts: Sequence[str], wish: ActWish, now: datetime
) -> list[PlannedAct]:
    """Return what each act would change, and change nothing. Raises RefusedError."""
    targets = database.read_here(_targets, texts, wish.kind in ON_SALES)
    return [database.write_here(_preview, target, _act(target, wish, now)) for target in targets]


def record_acts(database: Database, plans: Sequence[PlannedAct]) -> list[int]:
    """Commit every act, each as an event of its own, and return the events."""
    return database.write_here(_record, plans)


def _record(session: Session, plans: Sequence[PlannedAct]) -> list[int]:
    made = [record_act(session, NewAct(p.target.source, p.act), p.act.at) for p in plans]
    return [event_id for event_id in made if event_id is not None]


def _targets(session: Session, texts: Sequence[str], unlicensed: bool) -> list[Target]:  # noqa: FBT001 - passed on by the database
    found: dict[Target, None] = {}
    problems: list[str] = []
    for text in texts:
        try:
            found |= dict.fromkeys(
                _licensed(session, each) for each in licenses_of_text(session, text.strip())
            )
        except WithoutLicenseError as error:
            if not unlicensed:
                problems.append(str(error))
            found[Target(error.sale.source, error.sale.order_id)] = None
        except RefusedError as error:
            problems.append(str(error))
    if problems:
        raise RefusedError("\n".join(dict.fromkeys(problems)))
    return list(found)


def _licensed(session: Session, license_id: int) -> Target:
    row = the_one(session, LicenseRow, id=license_id)
    return Target(row.source, row.order_id, row.line, row.id, row.expires_at)


def _act(target: Target, wish: ActWish, now: datetime) -> Act:
    return Act(
        order_id=target.order_id,
        line=target.line,
        at=now,
        act=wish.kind,
        by=wish.by,
        why=wish.why,
        until=_until(target, wish, now),
        seats=wish.seats,
        tier=wish.tier,
    )


def _until(target: Target, wish: ActWish, now: datetime) -> datetime | None:
    if wish.kind is not EventKind.EXTEND:
        return None
    if target.expires_at is None:
        raise RefusedError(
            f"license {target.license_id} of {target.order} never ends, so it gets no later end: "
            f"leave it out; its terms: {advised('show', target.order)}"
        )
    if wish.months is None:
        return wish.until
    return Term(wish.months).end(max(now, target.expires_at))


def _preview(session: Session, target: Target, act: Act) -> PlannedAct:
    """Apply the act as the worker would, and undo it, so that the preview cannot be wrong."""
    with undone(session):
        event_id = record_act(session, NewAct(target.source, act), act.at)
        assert event_id is not None  # noqa: S101 - its key is new
        new = NewFacts(event_id, act.act, target.source, (act,))
        applied = apply_event(session, new, act.at)
    return PlannedAct(target, act, _told(target, act, applied), bool(applied.delivery_ids))


def _told(target: Target, act: Act, applied: Applied) -> tuple[str, ...]:
    if target.license_id is None:
        return (NO_LICENSE_YET[act.act],)
    return applied.told
