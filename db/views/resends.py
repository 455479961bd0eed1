"""Resends of licenses, as `mintpost show` tells them: who asked, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import ResendRow
from db.views.lists import line_of


@dataclass(frozen=True, slots=True)
class ResendLine:
    """A resend of one license. `previous_to` is the address that it had before."""

    license_id: int
    number: int
    delivery_id: int
    previous_to: str
    asked_by: str
    asked_why: str | None
    asked_at: datetime


def list_resends(session: Session, license_ids: Collection[int]) -> list[ResendLine]:
    """Return the resends of these licenses, newest first."""
    query = select(ResendRow).where(ResendRow.license_id.in_(license_ids))
    return [
        line_of(ResendLine, row) for row in session.scalars(query.order_by(ResendRow.id.desc()))
    ]
