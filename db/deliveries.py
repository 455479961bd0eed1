"""The e-mails that are owed: claiming one attempt, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, select, update
from sqlalchemy.orm import Session

from db.inserting import the_one
from db.licenses import license_of
from db.models import Delivery, LicenseRow, SaleRow
from db.sales import product_of
from domain.license import License
from domain.sale import Product

PENDING = "pending"
REFUSED = "refused"
DONE = ("accepted", "logged")


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery with all that its e-mail says; `renewed`: it tells of a longer license.

    `done` is the status of whichever delivery already told this. `sending_since` is when an
    attempt began whose end is not known.
    """

    delivery_id: int
    to: str
    license: License
    product: Product
    renewed: bool
    sending_since: datetime | None
    done: str | None


def load_letter(session: Session, delivery_id: int) -> Letter:
    delivery = the_one(session, Delivery, id=delivery_id)
    row = the_one(session, LicenseRow, id=delivery.license_id)
    sale = the_one(session, SaleRow, id=row.sale_id)
    return Letter(
        delivery_id=delivery.id,
        to=delivery.to,
        license=license_of(row),
        product=product_of(sale),
        renewed=delivery.reason.startswith("charge:"),
        sending_since=delivery.sending_since,
        done=_already_told(session, delivery),
    )


def begin_attempt(session: Session, delivery_id: int, seen: datetime | None, now: datetime) -> bool:
    """Commit that a mail is about to leave; False when another attempt was quicker.

    Compare and swap: `seen` is the `sending_since` on which the caller decided.
    """
    result = session.execute(
        update(Delivery)
        .where(_owed(delivery_id), Delivery.sending_since.is_not_distinct_from(seen))
        .values(status=PENDING, sending_since=now, attempts=Delivery.attempts + 1)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def end_attempt_unsent(
    session: Session, delivery_id: int, claimed_at: datetime, *, refused: bool, words: str
) -> None:
    """Record that the attempt which began at `claimed_at` surely sent nothing.

    A later attempt's claim stays. `words` may quote the provider.
    """
    session.execute(
        update(Delivery)
        .where(_owed(delivery_id), Delivery.sending_since == claimed_at)
        .values(status=REFUSED if refused else PENDING, error=words, sending_since=None)
    )


def refuse_delivery(session: Session, delivery_id: int, words: str) -> None:
    """Record that no mail can be built for it."""
    session.execute(update(Delivery).where(_owed(delivery_id)).values(status=REFUSED, error=words))


def note_doubt(session: Session, delivery_id: int, words: str) -> None:
    """Record why it is not known whether the attempt sent anything; the doubt stays."""
    session.execute(update(Delivery).where(_owed(delivery_id)).values(error=words))


def record_sent(  # noqa: PLR0913 - each is a column
    session: Session,
    delivery_id: int,
    *,
    status: str,
    provider: str,
    message_id: str,
    remark: str | None,
    now: datetime,
) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(
            status=status,
            provider=provider,
            message_id=message_id,
            error=remark,
            sending_since=None,
            sent_at=now,
        )
    )


def _owed(delivery_id: int) -> ColumnElement[bool]:
    return and_(Delivery.id == delivery_id, Delivery.status.not_in(DONE))


def _already_told(session: Session, delivery: Delivery) -> str | None:
    """Return the status that makes this delivery needless.

    A sale's own mail is needless once any mail of its license went out, a resend for
    instance: both carry the same key.
    """
    told = select(Delivery.status).where(
        Delivery.license_id == delivery.license_id, Delivery.status.in_(DONE)
    )
    if delivery.reason != "sale":
        told = told.where(Delivery.id == delivery.id)
    return session.execute(told.limit(1)).scalar_one_or_none()
