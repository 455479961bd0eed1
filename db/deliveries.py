"""The attempts at an owed e-mail: claim one, and record its result for all that it carries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from db.clock import database_now
from db.tables import DeliveryRow
from db.updating import count_updated
from domain.delivery import OWED, SENT, TWICE, DeliveryStatus, Sent


@dataclass(frozen=True, slots=True)
class SentMail:
    """The result of a send: the delivery's new status, and the provider's remark, if any."""

    status: Sent
    provider: str
    message_id: str
    remark: str | None = None


def begin_attempt(
    session: Session,
    delivery_id: int,
    seen: datetime | None,
    lease: timedelta,
    others: Collection[int] = (),
) -> datetime | None:
    """Claim the delivery for one attempt; return the end of its lease, which names the attempt.

    The delivery carries `others` in the same mail.
    Compare and swap: `seen` is the `attempt_ends_at` that the caller read. Return None if
    another attempt has claimed one of them since, or a person has corrected an address, or a
    license was taken back.
    """
    rows = _locked(session, DeliveryRow.id.in_({delivery_id, *others}))
    own = next((each for each in rows if each.id == delivery_id), None)
    if own is None or len(rows) != 1 + len(others) or not _are_free(session, rows, own, seen):
        return None
    ends_at = database_now(session) + lease
    dropped = DeliveryRow.carried_by == delivery_id
    session.execute(update(DeliveryRow).where(dropped).values(carried_by=None))
    for row in rows:
        row.status, row.carried_by = DeliveryStatus.PENDING, delivery_id
    own.carried_by, own.attempt_ends_at, own.attempts = None, ends_at, own.attempts + 1
    session.flush()
    return ends_at


def end_attempt_unsent(
    session: Session, delivery_id: int, attempt: datetime, *, refused: bool, words: str
) -> None:
    """Record that the attempt surely sent nothing. The claim of a later attempt stays.

    `words` may quote the provider. A delivery that was withdrawn meanwhile stays withdrawn.
    """
    _locked(session, _letter(delivery_id))
    withdrawn = DeliveryStatus.WITHDRAWN
    ended = DeliveryStatus.REFUSED if refused else DeliveryStatus.PENDING
    status = case((DeliveryRow.status == withdrawn, withdrawn), else_=ended)
    ends = update(DeliveryRow).where(_is_attempt(delivery_id, attempt))
    values = {"status": status, "error": words}
    if count_updated(session, ends.values(attempt_ends_at=None, **values)) == 1:
        session.execute(update(DeliveryRow).where(_carried(delivery_id)).values(values))


def end_attempt_in_doubt(session: Session, delivery_id: int, attempt: datetime, words: str) -> None:
    """Record that the attempt is over and in doubt, with the reason of the doubt."""
    _locked(session, _letter(delivery_id))
    ends = update(DeliveryRow).where(_is_attempt(delivery_id, attempt))
    ended_at = min(attempt, database_now(session))
    if count_updated(session, ends.values(error=words, attempt_ends_at=ended_at)) == 1:
        session.execute(update(DeliveryRow).where(_carried(delivery_id)).values(error=words))


def tell_delivery(session: Session, delivery_id: int, words: str) -> None:
    """Record why an owed mail still waits."""
    waiting = update(DeliveryRow).where(
        DeliveryRow.id == delivery_id, DeliveryRow.status == DeliveryStatus.PENDING
    )
    session.execute(waiting.values(error=words))


def refuse_delivery(session: Session, delivery_id: int, words: str) -> None:
    """Record that no attempt will send this delivery any more, and why."""
    refused = {"status": DeliveryStatus.REFUSED, "error": words}
    session.execute(update(DeliveryRow).where(_to_send(delivery_id)).values(refused))


def refuse_letter(session: Session, delivery_id: int, others: Collection[int], words: str) -> None:
    """Record that no attempt will send this mail and all that it carries, and why."""
    refuse_delivery(session, delivery_id, words)
    for other in others:
        carried = update(DeliveryRow).where(_to_send(other))
        session.execute(carried.values(carried_by=delivery_id))
        refuse_delivery(session, other, words)


def record_sent(session: Session, delivery_id: int, sent: SentMail, now: datetime) -> int | None:
    """Record the sent mail. If an unexpected second mail was sent, the row's error says so.

    Return the delivery that supersedes this one, if a person corrected the address meanwhile.
    """
    _locked(session, _letter(delivery_id))
    own = DeliveryRow.id == delivery_id
    taken = (
        update(DeliveryRow)
        .where(_letter(delivery_id), DeliveryRow.status.not_in(SENT))
        .values(
            status=sent.status,
            provider=sent.provider,
            message_id=sent.message_id,
            error=sent.remark,
            attempt_ends_at=None,
            sent_at=now,
        )
    )
    if count_updated(session, taken) == 0:
        session.execute(
            update(DeliveryRow)
            .where(own, DeliveryRow.message_id != sent.message_id)
            .values(error=f"{TWICE}{sent.message_id}")
        )
    corrected = select(DeliveryRow.superseded_by).where(own)
    return session.execute(corrected).scalar_one_or_none()


def _locked(session: Session, which: ColumnElement[bool]) -> Sequence[DeliveryRow]:
    # In the sequence of the licenses, as an event that takes several back, so that no two
    # transactions wait for each other.
    rows = select(DeliveryRow).where(which).order_by(DeliveryRow.license_id)
    locked = rows.with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).all()


def _are_free(
    session: Session, rows: Sequence[DeliveryRow], own: DeliveryRow, seen: datetime | None
) -> bool:
    """Tell whether all are owed, and no attempt has claimed one of them since the caller read."""
    for row in rows:
        expected = seen if row is own else None
        if row.status not in OWED or row.attempt_ends_at != expected:
            return False
    carriers = {each.carried_by for each in rows if each.carried_by} - {own.id}
    if not carriers:
        return True
    claimed = select(DeliveryRow.id).where(
        DeliveryRow.id.in_(carriers),
        DeliveryRow.status.in_(OWED),
        DeliveryRow.attempt_ends_at.is_not(None),
    )
    return session.execute(claimed.limit(1)).first() is None


def _is_attempt(delivery_id: int, attempt: datetime) -> ColumnElement[bool]:
    return and_(_owed(delivery_id), DeliveryRow.attempt_ends_at == attempt)


def _letter(delivery_id: int) -> ColumnElement[bool]:
    return or_(DeliveryRow.id == delivery_id, DeliveryRow.carried_by == delivery_id)


def _carried(delivery_id: int) -> ColumnElement[bool]:
    return and_(DeliveryRow.carried_by == delivery_id, DeliveryRow.status.not_in(SENT))


def _owed(delivery_id: int) -> ColumnElement[bool]:
    return and_(DeliveryRow.id == delivery_id, DeliveryRow.status.not_in(SENT))


def _to_send(delivery_id: int) -> ColumnElement[bool]:
    return and_(_owed(delivery_id), DeliveryRow.status != DeliveryStatus.WITHDRAWN)
