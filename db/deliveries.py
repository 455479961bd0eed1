"""The owed e-mails: claim an attempt, and record its result."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from db.clock import database_now
from db.inserting import the_one
from db.letter_facts import LetterFacts, letter_facts
from db.licenses import license_of
from db.sales import product_of
from db.tables import DeliveryRow, LicenseRow, SaleRow
from db.updating import count_updated
from domain.delivery import SENT, DeliveryStatus, Reason, ReasonKind, Sent
from domain.license import License
from domain.sale import Product

OWED = (DeliveryStatus.PENDING, DeliveryStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class OwedEmail:
    """A delivery with all facts for its e-mail.

    `renewed`: the buyer has the license already. `changed`: besides, the e-mail announces something
    else than a paid extension.
    `done` is the status of a delivery that already told the buyer the same; None: there is none.
    `attempt_ends_at` is set while the delivery is in doubt: the end of the attempt's lease, to be
    compared with `now`, the database's time.
    `instead` is the delivery to the right address, if a person corrected the address before this
    delivery was known to be sent.
    `reference` is globally unique and reveals nothing about the buyer. `order_number` is the
    order's name on the buyer's receipt.
    """

    delivery_id: int
    to: str
    license: License
    product: Product
    renewed: bool
    attempt_ends_at: datetime | None
    now: datetime
    done: str | None
    reference: str
    instead: int | None
    facts: LetterFacts
    order_number: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class SentMail:
    """The result of a send: the delivery's new status, and the provider's remark, if any."""

    status: Sent
    provider: str
    message_id: str
    remark: str | None = None


def load_owed_email(session: Session, delivery_id: int) -> OwedEmail:
    delivery = the_one(session, DeliveryRow, id=delivery_id)
    row = the_one(session, LicenseRow, id=delivery.license_id)
    sale = the_one(session, SaleRow, id=row.sale_id)
    reason = Reason.parse(delivery.reason)
    return OwedEmail(
        delivery_id=delivery.id,
        to=delivery.to,
        license=license_of(row),
        product=product_of(sale),
        renewed=reason.kind in (ReasonKind.CHARGE, ReasonKind.EVENT),
        changed=reason.kind is ReasonKind.EVENT,
        attempt_ends_at=delivery.attempt_ends_at,
        now=database_now(session),
        done=_done(session, delivery),
        # Two databases have the same ids, and both may use one account at the provider.
        reference=sha256(f"{row.key}/{delivery.id}".encode()).hexdigest()[:32],
        facts=letter_facts(session, row, sale, reason),
        order_number=sale.order_number,
        instead=delivery.superseded_by,
    )


def is_owed(session: Session, delivery_id: int) -> bool:
    """Tell whether the buyer has neither this e-mail nor an e-mail that makes it needless."""
    delivery = the_one(session, DeliveryRow, id=delivery_id)
    if delivery.superseded_by is not None:
        return is_owed(session, delivery.superseded_by)
    return delivery.status in OWED and _already_told(session, delivery) is None


def begin_attempt(
    session: Session, delivery_id: int, seen: datetime | None, lease: timedelta
) -> datetime | None:
    """Claim the delivery for one attempt; return the end of its lease, which names the attempt.

    Compare and swap: `seen` is the `attempt_ends_at` that the caller read. Return None if
    another attempt has claimed the delivery since, or a person has corrected its address.
    """
    ends_at = database_now(session) + lease
    begun = (
        update(DeliveryRow)
        .where(_to_send(delivery_id), DeliveryRow.attempt_ends_at.is_not_distinct_from(seen))
        .values(
            status=DeliveryStatus.PENDING,
            attempt_ends_at=ends_at,
            attempts=DeliveryRow.attempts + 1,
        )
    )
    return ends_at if count_updated(session, begun) == 1 else None


def end_attempt_unsent(
    session: Session, delivery_id: int, attempt: datetime, *, refused: bool, words: str
) -> None:
    """Record that the attempt surely sent nothing. The claim of a later attempt stays.

    `words` may quote the provider. A delivery that was withdrawn meanwhile stays withdrawn.
    """
    withdrawn = DeliveryStatus.WITHDRAWN
    ended = DeliveryStatus.REFUSED if refused else DeliveryStatus.PENDING
    session.execute(
        update(DeliveryRow)
        .where(_owed(delivery_id), DeliveryRow.attempt_ends_at == attempt)
        .values(
            status=case((DeliveryRow.status == withdrawn, withdrawn), else_=ended),
            error=words,
            attempt_ends_at=None,
        )
    )


def end_attempt_in_doubt(session: Session, delivery_id: int, attempt: datetime, words: str) -> None:
    """Record that the attempt is over and in doubt, with the reason of the doubt."""
    session.execute(
        update(DeliveryRow)
        .where(_owed(delivery_id), DeliveryRow.attempt_ends_at == attempt)
        .values(error=words, attempt_ends_at=min(attempt, database_now(session)))
    )


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


def record_sent(session: Session, delivery_id: int, sent: SentMail, now: datetime) -> int | None:
    """Record the sent mail. If an unexpected second mail was sent, the row's error says so.

    Return the delivery that supersedes this one, if a person corrected the address meanwhile.
    """
    taken = (
        update(DeliveryRow)
        .where(_owed(delivery_id))
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
            .where(DeliveryRow.id == delivery_id, DeliveryRow.message_id != sent.message_id)
            .values(error=f"sent twice: the second mail is {sent.message_id}")
        )
    corrected = select(DeliveryRow.superseded_by).where(DeliveryRow.id == delivery_id)
    return session.execute(corrected).scalar_one_or_none()


def _owed(delivery_id: int) -> ColumnElement[bool]:
    return and_(DeliveryRow.id == delivery_id, DeliveryRow.status.not_in(SENT))


def _to_send(delivery_id: int) -> ColumnElement[bool]:
    return and_(_owed(delivery_id), DeliveryRow.status != DeliveryStatus.WITHDRAWN)


def _done(session: Session, delivery: DeliveryRow) -> str | None:
    """Return the status of a delivery with nothing to do; None if its mail must be sent."""
    if delivery.status == DeliveryStatus.WITHDRAWN and delivery.superseded_by is None:
        return delivery.status  # The license was taken back while the mail waited.
    return _already_told(session, delivery)


def _already_told(session: Session, delivery: DeliveryRow) -> str | None:
    """Return the status of a sent mail that makes this delivery needless.

    Every mail of a license carries the same key, so any sent mail replaces the mail of a sale. The
    mail of a charge or of another event announces a change, so only a later resend replaces it.
    """
    told = select(DeliveryRow.status).where(
        DeliveryRow.license_id == delivery.license_id, DeliveryRow.status.in_(SENT)
    )
    match Reason.parse(delivery.reason).kind:
        case ReasonKind.CHARGE | ReasonKind.EVENT:
            is_resend = DeliveryRow.reason.startswith(ReasonKind.RESEND.prefix)
            later_resend = and_(is_resend, DeliveryRow.id > delivery.id)
            told = told.where(or_(DeliveryRow.id == delivery.id, later_resend))
        case ReasonKind.RESEND:
            told = told.where(DeliveryRow.id == delivery.id)
        case ReasonKind.SALE:
            pass
    return session.execute(told.limit(1)).scalar_one_or_none()
