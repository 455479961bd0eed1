"""Reads what a round left in the database, at the provider and in the spool."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commands.torture.fake_postmark import Accepted
from commands.torture.found import Evidence, Minted, Owed, Row
from commands.torture.traffic import Attempt, mark_of
from db.engine import Database
from db.models import Delivery, Event, LicenseRow, SaleRow


def open_rows(session: Session) -> int:
    return session.execute(select(func.count()).where(Event.outcome.is_(None))).scalar_one()


def settled_orders(session: Session, prefix: str) -> int:
    settled = select(func.count(Event.order_id.distinct())).where(Event.outcome.is_not(None))
    return session.execute(settled.where(Event.order_id.startswith(prefix))).scalar_one()


def spooled(data_dir: Path) -> int:
    """Count what waits for the database, and what was set aside for a person."""
    return sum(file.suffix != ".unfinished" for file in (data_dir / "spool").glob("*"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a round showed from outside.

    Seen before the database is read, which so knows the delivery of each mail.
    """

    attempts: tuple[Attempt, ...]
    accepted: tuple[Accepted, ...]
    is_quiet: bool


async def gather(database: Database, data_dir: Path, prefix: str, seen: Seen) -> Evidence:
    owed = await database.read(_deliveries)
    return Evidence(
        attempts=seen.attempts,
        rows=await database.read(_rows, prefix),
        sales=await database.read(_sales, prefix),
        licenses=await database.read(_licenses, prefix),
        deliveries=tuple(each for each in owed if each.order_id.startswith(prefix)),
        messages=tuple(int(mail.delivery) for mail in seen.accepted),
        earlier=tuple(each for each in owed if not each.order_id.startswith(prefix)),
        spooled=spooled(data_dir),
        is_quiet=seen.is_quiet,
    )


def _rows(session: Session, prefix: str) -> tuple[Row, ...]:
    found = select(Event.body, Event.order_id, Event.outcome, Event.error)
    rows = session.execute(found.where(Event.order_id.startswith(prefix)).order_by(Event.id))
    return tuple(Row(mark_of(body), order_id or "", *end) for body, order_id, *end in rows)


def _sales(session: Session, prefix: str) -> tuple[str, ...]:
    return tuple(
        session.scalars(select(SaleRow.order_id).where(SaleRow.order_id.startswith(prefix)))
    )


def _licenses(session: Session, prefix: str) -> tuple[Minted, ...]:
    row = LicenseRow
    found = select(row.id, row.order_id, row.expires_at, row.subscription_id)
    rows = session.execute(found.where(row.order_id.startswith(prefix)))
    return tuple(Minted(*each) for each in rows)


def _deliveries(session: Session) -> tuple[Owed, ...]:
    found = select(Delivery.id, Delivery.license_id, Delivery.reason, LicenseRow.order_id).join(
        LicenseRow, LicenseRow.id == Delivery.license_id
    )
    return tuple(
        Owed(delivery_id, license_id, charge_of(reason) or order_id, charge_of(reason) is not None)
        for delivery_id, license_id, reason, order_id in session.execute(found)
    )


def order_of(session: Session, delivery_id: int) -> str:
    """Return the order whose run sends the delivery."""
    owed = select(Delivery.reason, LicenseRow.order_id).join(
        LicenseRow, LicenseRow.id == Delivery.license_id
    )
    reason, order_id = session.execute(owed.where(Delivery.id == delivery_id)).one()
    return charge_of(reason) or order_id


def charge_of(reason: str) -> str | None:
    """Return the charge that a delivery tells of; None: it tells of a new license."""
    sort, _, charge = reason.partition(":")
    return charge if sort == "charge" else None
