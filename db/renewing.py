"""Later charges of a subscription from a shop's export: each gives its license a later end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.acting import NewAct, act_of_key, close_act, record_act
from db.further_keys import holder_of_key
from db.reliving import Cause, locked_license, relive
from domain.delivery import Reason
from domain.event import EventKind, NotedReason, Outcome, noted
from domain.facts import Act


@dataclass(frozen=True, slots=True)
class ImportedCharge:
    """A charge of the license with `key`. `identity` names it, so that twice is once."""

    key: str
    identity: str
    until: datetime
    by: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Renewed:
    """The license of a charge; `extended` False: an earlier line or a later end has it all."""

    license_id: int
    extended: bool
    event_id: int | None = None


def renew_imported(session: Session, charge: ImportedCharge, now: datetime) -> Renewed | None:
    """Give the license the end that the charge bought, and mail nobody. None: no license."""
    license_id = holder_of_key(session, charge.key)
    if license_id is None:
        return None
    if act_of_key(session, charge.identity) is not None:
        return Renewed(license_id, extended=False)
    row = locked_license(session, license_id)
    act = Act(
        order_id=row.order_id,
        line=row.line,
        at=now,
        act=EventKind.EXTEND,
        until=charge.until,
        by=charge.by,
        why=charge.why,
    )
    event_id = record_act(session, NewAct(row.source, act, charge.identity), now)
    if event_id is None:
        return Renewed(license_id, extended=False)
    change = relive(session, row, Cause(event_id, Reason.event(event_id), may_mail=False), now)
    outcome = noted(NotedReason.NO_CHANGE) if change.told is None else Outcome.APPLIED
    close_act(session, event_id, outcome, change.told, now)
    return Renewed(license_id, change.told is not None, event_id)
