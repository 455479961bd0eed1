"""Drops the raw bodies of events, with headers and senders. The facts stay."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from db.tables import AnswerRow, EventRow, RequestRow
from db.updating import count_updated
from domain.event import Outcome

NOTHING = b""


def drop_requests(session: Session, event_ids: Collection[int], now: datetime) -> int:
    """Drop the requests of these events; return how many were dropped."""
    kept = and_(RequestRow.event_id.in_(event_ids), RequestRow.dropped_at.is_(None))
    dropped = update(RequestRow).where(kept).values(body=NOTHING, headers=[], content_type="")
    return count_updated(session, dropped.values(sender=None, dropped_at=now))


def drop_answers(session: Session, event_ids: Collection[int]) -> int:
    """Drop the bodies of the shop's answers about these events."""
    kept = and_(AnswerRow.event_id.in_(event_ids), AnswerRow.body != NOTHING)
    return count_updated(session, update(AnswerRow).where(kept).values(body=NOTHING))


def prunable_events(session: Session, before: datetime, after: int, limit: int) -> list[int]:
    """Return the next closed events with a body to drop. A failed event may run again."""
    which = select(EventRow.id).where(_is_prunable(before), EventRow.id > after)
    return [*session.scalars(which.order_by(EventRow.id).limit(limit))]


def count_prunable(session: Session, before: datetime) -> int:
    which: Select[int] = select(func.count(EventRow.id)).where(_is_prunable(before))
    return session.execute(which).scalar_one()


def _is_prunable(before: datetime) -> ColumnElement[bool]:
    request = exists().where(RequestRow.event_id == EventRow.id, RequestRow.dropped_at.is_(None))
    answer = exists().where(AnswerRow.event_id == EventRow.id, AnswerRow.body != NOTHING)
    is_closed = and_(EventRow.outcome.is_not(None), EventRow.outcome != Outcome.FAILED)
    return and_(is_closed, EventRow.closed_at < before, or_(request, answer))
