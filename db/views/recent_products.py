"""The products of recent sales, for a comparison with the product mapping."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from db.sales import product_of
from db.tables import EventRow, SaleRow
from domain.event import OPERATOR
from domain.sale import Product


@dataclass(frozen=True, slots=True)
class SoldProduct:
    """A product with the options that were chosen. `waiting` are its open sales."""

    source: str
    product: Product
    sold: int
    waiting: int


def recent_products(session: Session, since: datetime) -> list[SoldProduct]:
    """Return each product and choice of options that was sold since then, the oldest first.

    The seller's own gifts count for nothing, because the mapping decided them as they were given.
    """
    # As text, because PostgreSQL compares no JSON.
    alike = (
        SaleRow.source,
        SaleRow.product_id,
        cast(SaleRow.variants, Text),
        cast(SaleRow.specific_ids, Text),
    )
    groups = (
        select(func.max(SaleRow.id).label("newest"), func.count().label("sold"))
        .add_columns(func.count(EventRow.id).label("waiting"))
        .outerjoin(EventRow, (EventRow.id == SaleRow.event_id) & EventRow.outcome.is_(None))
        .where(SaleRow.created_at >= since, SaleRow.source != OPERATOR)
        .group_by(*alike)
        .subquery()
    )
    rows = session.execute(
        select(SaleRow, groups.c.sold, groups.c.waiting)
        .join(groups, groups.c.newest == SaleRow.id)
        .order_by(SaleRow.id)
    )
    return [SoldProduct(row.source, product_of(row), *counts) for row, *counts in rows]
