"""Corrections of an order's address, as `mintpost show` prints them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.tables import CorrectionRow, LicenseRow
from db.views.lists import line_of


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """`for_licenses`: the licenses with this address. A later correction may have replaced it."""

    id: int
    source: str
    order_id: str
    to: str
    asked_by: str
    asked_why: str | None
    asked_at: datetime
    for_licenses: list[int]


def list_corrections(session: Session, source: str, order_id: str) -> list[CorrectionLine]:
    """Return the corrections of an order and of its license, from any charge of the license."""
    standing = select(LicenseRow.correction_id).filter_by(source=source, order_id=order_id)
    own = and_(CorrectionRow.source == source, CorrectionRow.order_id == order_id)
    query = select(CorrectionRow).where(or_(own, CorrectionRow.id.in_(standing)))
    return [
        line_of(CorrectionLine, row, for_licenses=_corrected_by(session, row))
        for row in session.scalars(query.order_by(CorrectionRow.id.desc()))
    ]


def _corrected_by(session: Session, row: CorrectionRow) -> list[int]:
    return list(session.scalars(select(LicenseRow.id).filter_by(correction_id=row.id)))
