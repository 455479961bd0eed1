"""The lines of the lists and of `mintpost show`. Field names are JSON keys of the contract."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.tables import DeliveryRow, EventRow, LicenseRow, SaleRow, Table
from domain.event import IGNORED, NOTED, ORDER_KINDS, EventStatus, Outcome

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])
Line = TypeVar("Line", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Filters:
    status: str | None = None
    source: str | None = None
    since: datetime | None = None
    limit: int = 50
    order_id: str | None = None
    workflow_id: str | None = None
    ids: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    id: int
    source: str
    kind: str
    order_id: str | None
    received_at: datetime
    processed: bool
    outcome: str | None
    error: str | None
    note: str | None
    workflow_id: str | None


@dataclass(frozen=True, slots=True)
class SaleLine:
    id: int
    source: str
    order_id: str
    order_number: str | None
    status: str
    product_id: str
    product_name: str
    variants: dict[str, str]
    quantity: int
    price_cents: int
    currency: str
    offer_code: str | None
    email: str
    name: str
    subscription_id: str | None
    test: bool
    sold_at: datetime
    giver: str | None


@dataclass(frozen=True, slots=True)
class LicenseLine:
    id: int
    key: str
    source: str
    order_id: str
    product_id: str
    tier: str
    email: str
    name: str
    seats: int
    status: str
    test: bool
    issued_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    id: int
    license_id: int
    reason: str
    to: str
    status: str
    provider: str | None
    message_id: str | None
    attempts: int
    error: str | None
    sent_at: datetime | None
    superseded_by: int | None = None


def list_events(session: Session, filters: Filters) -> list[EventLine]:
    query = _filtered(select(EventRow), filters, EventRow.id, EventRow.received_at, EventRow)
    if filters.workflow_id is not None:
        query = query.where(EventRow.workflow_id == filters.workflow_id)
    if filters.status is not None:
        query = query.where(_has_status(filters.status))
    return [
        line_of(EventLine, row, processed=row.outcome not in {None, Outcome.FAILED})
        for row in session.scalars(query.order_by(EventRow.id.desc()))
    ]


def list_sales(
    session: Session, filters: Filters, which: ColumnElement[bool] | None = None
) -> list[SaleLine]:
    """Return sales newest first; `which` is one more condition."""
    status = _sale_status()
    query = _filtered(select(SaleRow, status), filters, SaleRow.id, SaleRow.created_at, SaleRow)
    if filters.status is not None:
        query = query.where(or_(status == filters.status, status.startswith(f"{filters.status}:")))
    if which is not None:
        query = query.where(which)
    return [
        line_of(SaleLine, row, status=found, variants=_by_category(row.variants))
        for row, found in session.execute(query.order_by(SaleRow.id.desc()))
    ]


def _by_category(variants: list[list[str]]) -> dict[str, str]:
    """Return the options by category. The category without a title may have several options."""
    found: dict[str, list[str]] = {}
    for category, option in variants:
        found.setdefault(category, []).append(option)
    return {category: ", ".join(options) for category, options in found.items()}


def list_licenses(session: Session, filters: Filters) -> list[LicenseLine]:
    query = _filtered(select(LicenseRow), filters, LicenseRow.id, LicenseRow.created_at, LicenseRow)
    if filters.status is not None:
        query = query.where(LicenseRow.status == filters.status)
    return [
        line_of(LicenseLine, row) for row in session.scalars(query.order_by(LicenseRow.id.desc()))
    ]


def list_deliveries(session: Session, filters: Filters) -> list[DeliveryLine]:
    query = _filtered(
        select(DeliveryRow).join(LicenseRow, LicenseRow.id == DeliveryRow.license_id),
        filters,
        DeliveryRow.id,
        DeliveryRow.created_at,
        LicenseRow,
    )
    if filters.status is not None:
        query = query.where(DeliveryRow.status == filters.status)
    return [
        line_of(DeliveryLine, row) for row in session.scalars(query.order_by(DeliveryRow.id.desc()))
    ]


def line_of(line: type[Line], row: Table, **computed: Any) -> Line:  # noqa: ANN401 - a field's own type
    names = [field.name for field in fields(line) if field.name not in computed]
    return line(**{name: getattr(row, name) for name in names}, **computed)


def _filtered(
    query: Query,
    filters: Filters,
    row_id: InstrumentedAttribute[int],
    time: InstrumentedAttribute[datetime],
    order: type[EventRow | SaleRow | LicenseRow],
) -> Query:
    """Narrow the query; `order` is the table with the order of a row."""
    if filters.ids is not None:
        query = query.where(row_id.in_(filters.ids))
    if filters.source is not None:
        query = query.where(order.source == filters.source)
    if filters.since is not None:
        query = query.where(time >= filters.since)
    if filters.order_id is not None:
        query = query.where(order.order_id == filters.order_id)
    return query.limit(filters.limit)


def _has_status(status: str) -> ColumnElement[bool]:
    match status:
        case EventStatus.OPEN:
            return EventRow.outcome.is_(None)
        case EventStatus.PARKED:
            return and_(EventRow.outcome.is_(None), EventRow.error.is_not(None))
        case EventStatus.IGNORED:
            return EventRow.outcome.startswith(IGNORED)
        case EventStatus.NOTED:
            return EventRow.outcome.startswith(NOTED)
        case _:
            return EventRow.outcome == status


def _sale_status() -> ColumnElement[str]:
    """Return the status of an order: of a settled event, or an open event, or a failed event.

    An event that settles nothing comes last.
    """
    row = aliased(EventRow)
    failed, notes = row.outcome == Outcome.FAILED, row.outcome.startswith(NOTED)
    rank = case((row.outcome.is_(None), 1), (failed, 2), (notes, 3), else_=0)
    waiting = case((row.error.is_(None), EventStatus.OPEN), else_=EventStatus.PARKED)
    return (
        select(case((row.outcome.is_(None), waiting), else_=row.outcome))
        .where(row.source == SaleRow.source, row.order_id == SaleRow.order_id)
        .where(row.kind.in_(ORDER_KINDS), row.outcome.is_distinct_from(Outcome.DUPLICATE))
        .order_by(rank)
        .limit(1)
        .scalar_subquery()
    )
