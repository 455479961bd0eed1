"""Statuses of lists as SQL: of events, sales and licenses."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from db.tables import EventRow, FactRow, LicenseRow, RequestRow, SaleRow
from domain.event import IGNORED, NOTED, ORDER_KINDS, TEST, EventKind, EventStatus, Outcome
from domain.license import LicenseStatus, ListedStatus, end_of_day

COPIES = (Outcome.DUPLICATE, Outcome.APPLIED)
"""Outcomes of a copy, which say nothing about the sale."""


def event_has(status: str) -> ColumnElement[bool]:
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


def event_is_test() -> ColumnElement[bool]:
    """Tell a test by the secret of its request, or by the sale that it, or a fact of it, names."""
    signed = select(RequestRow.event_id).where(RequestRow.event_id == EventRow.id)
    tests = select(SaleRow.id).where(SaleRow.source == EventRow.source, SaleRow.test)
    of_fact = (
        select(SaleRow.id)
        .join(FactRow, FactRow.source == SaleRow.source)
        .where(FactRow.event_id == EventRow.id, SaleRow.test)
    )
    return or_(
        EventRow.kind == EventKind.TEST_PING,
        signed.where(RequestRow.secret_label == TEST).exists(),
        tests.where(SaleRow.order_id == EventRow.order_id).exists(),
        of_fact.where(SaleRow.order_id == FactRow.order_id).exists(),
        of_fact.where(SaleRow.subscription_id == FactRow.subscription_id).exists(),
    )


def sale_status() -> ColumnElement[str]:
    """Return the status of an order: of a settled event, or an open event, or a failed event.

    An event that settles nothing comes last. A copy with the outcome `applied` told a refund or
    a dispute besides, and the status of a sale is about its fulfillment. A license that the seller
    gave, and a test event's, have no event under their order's name: their own event tells.
    """
    row = aliased(EventRow)
    failed, notes = row.outcome == Outcome.FAILED, row.outcome.startswith(NOTED)
    rank = case((row.outcome.is_(None), 1), (failed, 2), (notes, 3), else_=0)
    of_order = (
        select(_status_of(row))
        .where(row.source == SaleRow.source, row.order_id == SaleRow.order_id)
        .where(row.kind.in_(ORDER_KINDS), or_(row.outcome.is_(None), row.outcome.not_in(COPIES)))
        .order_by(rank)
        .limit(1)
        .scalar_subquery()
    )
    own = aliased(EventRow)
    of_event = select(_status_of(own)).where(own.id == SaleRow.event_id).scalar_subquery()
    return func.coalesce(of_order, of_event)


def _status_of(row: type[EventRow]) -> ColumnElement[str]:
    waiting = case((row.error.is_(None), EventStatus.OPEN), else_=EventStatus.PARKED)
    return case((row.outcome.is_(None), waiting), else_=row.outcome)


def license_has(status: str, now: datetime) -> ColumnElement[bool]:
    """Translate `domain.license.License.standing` to SQL."""
    is_over = and_(_has_ended(LicenseRow.expires_at, now), _is_no_later(now))
    match status:
        case ListedStatus.EXPIRED:
            return and_(LicenseRow.status == LicenseStatus.ACTIVE, is_over)
        case ListedStatus.ACTIVE:
            return and_(LicenseRow.status == LicenseStatus.ACTIVE, ~is_over)
        case ListedStatus.SUSPENDED:
            return LicenseRow.status.not_in([LicenseStatus.ACTIVE, LicenseStatus.REVOKED])
        case _:
            return LicenseRow.status == status


def _is_no_later(now: datetime) -> ColumnElement[bool]:
    """Tell whether the grace, if there is one, is over as well."""
    return or_(LicenseRow.grace_until.is_(None), _has_ended(LicenseRow.grace_until, now))


def _has_ended(end: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    # An end of an older version may be any time of its last day, so the days are compared.
    midnight = end_of_day(now).replace(hour=0, minute=0, second=0)
    is_over_today = now >= end_of_day(now)
    return and_(end.is_not(None), end < midnight + timedelta(days=int(is_over_today)))
