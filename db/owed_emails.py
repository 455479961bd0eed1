"""The e-mail that a delivery owes, with every license that goes in the same mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from db.clock import database_now
from db.inserting import the_one
from db.letter_facts import LetterFacts, letter_facts
from db.licenses import license_of
from db.sales import product_of
from db.tables import DeliveryRow, LicenseRow, SaleRow
from domain.delivery import OWED, SENT, DeliveryStatus, Reason, ReasonKind
from domain.license import License
from domain.sale import Product


@dataclass(frozen=True, slots=True)
class OwedLicense:
    """A license in an owed e-mail, with its own delivery and all facts for its words.

    `renewed`: the buyer has the license already. `changed`: besides, the e-mail announces something
    else than a paid extension. `order_number` is the order's name on the buyer's receipt.
    """

    delivery_id: int
    sale_id: int
    license: License
    product: Product
    renewed: bool
    changed: bool
    facts: LetterFacts
    order_number: str | None = None


@dataclass(frozen=True, slots=True)
class DoubtfulAttempt:
    """An attempt that may have sent the e-mail. `ends_at` is the end of its lease.

    Its mail has the mark of its own delivery, which may have been withdrawn since.
    """

    delivery_id: int
    reference: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OwedEmail:
    """An e-mail with the facts of each license in it. `delivery_id` is the first license's.

    That delivery carries the others: it is claimed, sent and looked up for all of them.
    `done` is the status of a mail that already told the buyer the same; None: there is none.
    `doubt` is the attempt to look up first, to be compared with `now`, the database's time.
    `instead` is the delivery to the right address, if a person corrected the address before this
    delivery was known to be sent.
    `reference` is globally unique and reveals nothing about the buyer.
    """

    delivery_id: int
    to: str
    licenses: tuple[OwedLicense, ...]
    doubt: DoubtfulAttempt | None
    now: datetime
    done: str | None
    reference: str
    instead: int | None

    @property
    def seen(self) -> datetime | None:
        """Return the claim on the own delivery, which another attempt may have changed since."""
        is_own = self.doubt is not None and self.doubt.delivery_id == self.delivery_id
        return self.doubt.ends_at if self.doubt and is_own else None

    @property
    def others(self) -> tuple[int, ...]:
        """Return the deliveries that this e-mail carries beside its own."""
        return tuple(each.delivery_id for each in self.licenses[1:])

    @property
    def delivery_ids(self) -> tuple[int, ...]:
        return (self.delivery_id, *self.others)


def load_owed_email(session: Session, delivery_id: int) -> OwedEmail:
    asked = the_one(session, DeliveryRow, id=delivery_id)
    attempted = _attempted(session, asked)
    joined = _joined(session, asked) if attempted is None else _carried(session, asked, attempted)
    licenses = tuple(_owed_license(session, each) for each in joined)
    return OwedEmail(
        delivery_id=joined[0].id,
        to=asked.to,
        licenses=licenses,
        doubt=None if attempted is None else _doubt(session, attempted),
        now=database_now(session),
        done=_done(session, asked),
        reference=reference_of(licenses[0].license.key, joined[0].id),
        instead=asked.superseded_by,
    )


def is_owed(session: Session, delivery_id: int) -> bool:
    """Tell whether the buyer has neither this e-mail nor an e-mail that makes it needless."""
    delivery = the_one(session, DeliveryRow, id=delivery_id)
    if delivery.superseded_by is not None:
        return is_owed(session, delivery.superseded_by)
    return delivery.status in OWED and _already_told(session, delivery) is None


def _attempted(session: Session, asked: DeliveryRow) -> DeliveryRow | None:
    """Return the delivery with the attempt that may have told the license; None without one."""
    if asked.attempt_ends_at is not None or asked.carried_by is None:
        return asked if asked.attempt_ends_at is not None else None
    carrier = the_one(session, DeliveryRow, id=asked.carried_by)
    return carrier if carrier.attempt_ends_at is not None else None


def _carried(session: Session, asked: DeliveryRow, attempted: DeliveryRow) -> Sequence[DeliveryRow]:
    """Return the deliveries of the doubtful attempt that are still owed, its own first.

    None joins them, because a provider with idempotency keys takes no other mail under the mark.
    """
    own = DeliveryRow.id == attempted.id
    same = or_(own, DeliveryRow.carried_by == attempted.id) & DeliveryRow.status.in_(OWED)
    rows = select(DeliveryRow).where(same).order_by(own.desc(), DeliveryRow.id)
    return session.scalars(rows).all() or [asked]


def _joined(session: Session, asked: DeliveryRow) -> Sequence[DeliveryRow]:
    """Return the deliveries that go out as one mail, the oldest first."""
    if asked.letter is None:
        return [asked]
    carrier = aliased(DeliveryRow)
    free = (
        select(DeliveryRow)
        .outerjoin(carrier, carrier.id == DeliveryRow.carried_by)
        .where(
            DeliveryRow.letter == asked.letter,
            DeliveryRow.to == asked.to,
            DeliveryRow.status.in_(OWED),
            DeliveryRow.attempt_ends_at.is_(None),
            carrier.attempt_ends_at.is_(None),
        )
        .order_by(DeliveryRow.id)
    )
    rows = [each for each in session.scalars(free) if _already_told(session, each) is None]
    return rows if asked in rows else [asked]


def _owed_license(session: Session, delivery: DeliveryRow) -> OwedLicense:
    row = the_one(session, LicenseRow, id=delivery.license_id)
    sale = the_one(session, SaleRow, id=row.sale_id)
    reason = Reason.parse(delivery.reason)
    return OwedLicense(
        delivery_id=delivery.id,
        sale_id=sale.id,
        license=license_of(row),
        product=product_of(sale),
        renewed=reason.kind in (ReasonKind.CHARGE, ReasonKind.EVENT),
        changed=reason.kind is ReasonKind.EVENT,
        facts=letter_facts(session, row, sale, reason),
        order_number=sale.order_number,
    )


def _doubt(session: Session, attempted: DeliveryRow) -> DoubtfulAttempt | None:
    if attempted.attempt_ends_at is None:
        return None
    key = the_one(session, LicenseRow, id=attempted.license_id).key
    reference = reference_of(key, attempted.id)
    return DoubtfulAttempt(attempted.id, reference, attempted.attempt_ends_at)


def reference_of(key: str, delivery_id: int) -> str:
    """Return the part of a mail's mark that no other database has."""
    # Two databases have the same ids, and both may use one account at the provider.
    return sha256(f"{key}/{delivery_id}".encode()).hexdigest()[:32]


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
