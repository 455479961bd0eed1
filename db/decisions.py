"""Kept decisions of the mapping, and those derived for licenses from before they were kept."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.tables import LicenseRow, SaleRow
from domain.decisions import Decision
from domain.license import end_of_day

DECISION = TypeAdapter(Decision)

NO_ENTRY: dict[str, Any] = {}
"""Stands for "no entry fits", because null stands for a row that no version has decided yet."""


def plain(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return NO_ENTRY
    kept: dict[str, Any] = DECISION.dump_python(decision, mode="json")
    return kept


def decision_of(kept: dict[str, Any] | None) -> Decision | None:
    return DECISION.validate_python(kept) if kept else None


def counted(row: LicenseRow) -> ColumnElement[bool]:
    """Select the license's own sale, and the payments of its subscription that count for it.

    A payment from before migration 0011 names no license. Its subscription has one line.
    """
    own = SaleRow.id == row.sale_id
    if row.subscription_id is None:
        return own
    same = (SaleRow.source == row.source) & (SaleRow.subscription_id == row.subscription_id)
    mine = SaleRow.license_id == row.id
    if not row.subscription_line:
        mine = or_(mine, SaleRow.license_id.is_(None))
    return or_(own, same & SaleRow.minted_at.is_not(None) & mine)


def keep_adopted(session: Session, row: LicenseRow) -> None:
    """Keep the derived decisions, before a fact changes the license that they come from."""
    rows = _undecided(session, row)
    for sale, decision in zip(rows, _adopted(row, rows), strict=True):
        sale.decided = plain(decision)
    session.flush()


def adopted(session: Session, row: LicenseRow) -> dict[int, Decision]:
    """Derive a decision for each payment, by id, that an older version minted without keeping one.

    The newest of these payments bought the license's present end. Each earlier one bought the time
    until the next.
    """
    rows = _undecided(session, row)
    decisions = zip(rows, _adopted(row, rows), strict=True)
    return {sale.id: decision for sale, decision in decisions}


def _undecided(session: Session, row: LicenseRow) -> Sequence[SaleRow]:
    undecided = select(SaleRow).where(counted(row), SaleRow.decided.is_(None))
    return session.scalars(undecided.order_by(SaleRow.sold_at, SaleRow.id)).all()


def _adopted(row: LicenseRow, rows: Sequence[SaleRow]) -> list[Decision]:
    return [_decision(row, sale, end) for sale, end in zip(rows, _ends(row, rows), strict=True)]


def _ends(row: LicenseRow, rows: Sequence[SaleRow]) -> list[datetime | None]:
    if row.expires_at is None or not rows:
        return [None] * len(rows)
    earlier: list[datetime | None] = [end_of_day(later.sold_at) for _, later in pairwise(rows)]
    return [*earlier, row.expires_at]


def _decision(row: LicenseRow, sale: SaleRow, end: datetime | None) -> Decision:
    per_unit, rest = divmod(row.seats, sale.quantity)
    return Decision(
        product_id=row.product_id,
        product_name=row.product_name,
        tier=row.tier,
        seats=row.seats if rest else per_unit,
        quantity=1 if rest else sale.quantity,
        months=None,
        products_sha256=row.products_sha256,
        mapped_under=row.source,
        ends_at=end,
    )
