"""The lines of the lists and of `mintpost show`. Field names are JSON keys of the contract."""

from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.licenses import license_of
from db.tables import DeliveryRow, DeviceRow, EventRow, LicenseRow, SaleRow, Table
from db.views.mails import carried_licenses, listed_mails, mails_about
from db.views.statuses import event_has, event_is_test, license_has, sale_status
from domain.event import Outcome
from kit.clock import utc_now

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ADDRESSES = frozenset({"email", "to"})

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])
Line = TypeVar("Line", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Filters:
    """`now` decides which licenses have expired. `test` None: tests and real sales."""

    status: str | None = None
    source: str | None = None
    since: datetime | None = None
    limit: int = 50
    order_id: str | None = None
    workflow_id: str | None = None
    ids: Collection[int] | None = None
    now: datetime = field(default_factory=utc_now)
    test: bool | None = None


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
    origin: str
    test: bool


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
    email: str | None
    name: str
    subscription_id: str | None
    test: bool
    sold_at: datetime
    giver: str | None


@dataclass(frozen=True, slots=True)
class LicenseLine:
    """A license. `devices` counts the activated devices. `erased_at`: its holder was erased.

    `device_limit` is the operator's word alone. `operations.devices` adds the product mapping's.
    """

    id: int
    key: str
    source: str
    order_id: str
    line: str
    product_id: str
    tier: str
    email: str | None
    name: str
    seats: int
    status: str
    reason: str | None
    renews: bool | None
    test: bool
    issued_at: datetime
    expires_at: datetime | None
    grace_until: datetime | None
    devices: int = 0
    device_limit: int | None = None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A mail. `license_id` is the first of the licenses in it.

    `reported_at` is the provider's time of its newest report.
    """

    id: int
    license_id: int
    reason: str
    to: str | None
    status: str
    provider: str | None
    message_id: str | None
    attempts: int
    error: str | None
    sent_at: datetime | None
    superseded_by: int | None = None
    license_ids: tuple[int, ...] = ()
    reported_at: datetime | None = None


def list_events(session: Session, filters: Filters) -> list[EventLine]:
    rows = select(EventRow, event_is_test())
    query = _filtered(rows, filters, EventRow.id, EventRow.received_at, EventRow)
    if filters.workflow_id is not None:
        query = query.where(EventRow.workflow_id == filters.workflow_id)
    if filters.status is not None:
        query = query.where(event_has(filters.status))
    return [
        line_of(EventLine, row, test=test, processed=row.outcome not in {None, Outcome.FAILED})
        for row, test in session.execute(query.order_by(EventRow.id.desc()))
    ]


def list_sales(
    session: Session, filters: Filters, which: ColumnElement[bool] | None = None
) -> list[SaleLine]:
    """Return sales newest first; `which` is one more condition."""
    status = sale_status()
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
    used = (
        select(func.count(DeviceRow.id))
        .where(DeviceRow.license_id == LicenseRow.id)
        .scalar_subquery()
    )
    rows = session.execute(of_licenses(select(LicenseRow, used), filters))
    return [_license_line(row, count, filters.now) for row, count in rows]


def _license_line(row: LicenseRow, used: int, now: datetime) -> LicenseLine:
    return line_of(LicenseLine, row, status=license_of(row).standing(now).listed, devices=used)


def of_licenses(query: Query, filters: Filters) -> Query:
    """Narrow a query of licenses, and order it newest first."""
    query = _filtered(query, filters, LicenseRow.id, LicenseRow.created_at, LicenseRow)
    if filters.status is not None:
        query = query.where(license_has(filters.status, filters.now))
    return query.order_by(LicenseRow.id.desc())


def list_deliveries(session: Session, filters: Filters) -> list[DeliveryLine]:
    by_license = replace(filters, ids=None, order_id=None)
    times = (DeliveryRow.id, DeliveryRow.created_at)
    query = _filtered(listed_mails(), by_license, *times, LicenseRow)
    if filters.ids is not None or filters.order_id is not None:
        query = query.where(DeliveryRow.id.in_(mails_about(filters.ids, filters.order_id)))
    if filters.status is not None:
        query = query.where(DeliveryRow.status == filters.status)
    rows = session.execute(query.order_by(DeliveryRow.id.desc())).all()
    further = carried_licenses(session, [row.id for row, _ in rows])
    return [
        line_of(DeliveryLine, row, license_ids=told, reported_at=at)
        for row, at in rows
        for told in [(row.license_id, *further.get(row.id, ()))]
    ]


def line_of(line: type[Line], row: Table, **computed: Any) -> Line:  # noqa: ANN401 - a field's own type
    names = [field.name for field in fields(line) if field.name not in computed]
    return line(**{name: _value(row, name) for name in names}, **computed)


def _value(row: Table, name: str) -> Any:  # noqa: ANN401 - as above
    """Return a column's value. The columns of addresses have an empty text for no address."""
    value = getattr(row, name)
    return None if value == "" and name in ADDRESSES else value


def _is_test(order: type[EventRow | SaleRow | LicenseRow]) -> ColumnElement[bool]:
    if order is SaleRow or order is LicenseRow:
        return and_(order.test)
    return event_is_test()


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
    if filters.test is not None:
        is_test = _is_test(order)
        query = query.where(is_test if filters.test else ~is_test)
    return query.limit(filters.limit)
