"""Corrected addresses. An address from a person wins over the storefront's addresses."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.acting import NewAct, close_act, record_act
from db.tables import CorrectionRow, DeliveryRow, LicenseRow, SaleRow
from domain.delivery import SENT, DeliveryStatus
from domain.event import EventKind, NotedReason, Outcome, noted
from domain.facts import Act
from domain.sale import Sale

GIVEN = "the holder's address was corrected"
AWAITED = "the corrected address is kept for the license to come"
MAY_HAVE_GONE = "an attempt was under way when a person corrected the address: it may have gone"
MAY_HAVE_GONE_BEFORE = "an attempt was under way when the license was taken back: it may have gone"


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """A corrected address for every license that the order has, or will have."""

    source: str
    order_id: str
    to: str
    asked_by: str
    asked_why: str | None


def keep_correction(session: Session, new: NewCorrection, now: datetime) -> CorrectionRow:
    correction = CorrectionRow(
        source=new.source,
        order_id=new.order_id,
        to=new.to,
        asked_by=new.asked_by,
        asked_why=new.asked_why,
        asked_at=now,
    )
    session.add(correction)
    session.flush()
    return correction


def record_holder_act(session: Session, said: CorrectionRow, order_id: str | None) -> None:
    """Keep the correction as a closed act of the seller, which changes no terms.

    `order_id` is the license's own order, though the person may have named a later charge; None:
    there is no license yet.
    """
    named = order_id or said.order_id
    act = Act(named, said.asked_at, EventKind.HOLDER, said.asked_by, said.asked_why)
    event_id = record_act(session, NewAct(said.source, act), said.asked_at)
    assert event_id is not None  # noqa: S101 - its key is new
    if order_id is None:
        close_act(session, event_id, noted(NotedReason.NO_LICENSE), AWAITED, said.asked_at)
    else:
        close_act(session, event_id, Outcome.APPLIED, GIVEN, said.asked_at)


def kept_correction(session: Session, sale: Sale) -> CorrectionRow | None:
    """Return the newest correction of the order, or of another order of its subscription."""
    query = select(CorrectionRow).where(CorrectionRow.source == sale.source, _is_of(sale))
    return session.scalars(query.order_by(CorrectionRow.id.desc()).limit(1)).one_or_none()


def corrected_address(session: Session, source: str, order_id: str | None) -> str | None:
    """Return the newest corrected address of the order; None if there is no correction."""
    own = select(CorrectionRow.to).filter_by(source=source, order_id=order_id)
    return session.execute(own.order_by(CorrectionRow.id.desc()).limit(1)).scalar_one_or_none()


def withdraw_deliveries(
    session: Session, license_id: int, instead: int, doubt: str = MAY_HAVE_GONE
) -> None:
    """Withdraw every unsent mail of the license; delivery `instead` replaces them.

    A mail in doubt may have gone, perhaps to an old address, so its row records that.
    """
    others = (DeliveryRow.id != instead) & DeliveryRow.status.not_in(SENT)
    _withdraw(session, others & (DeliveryRow.license_id == license_id), instead, doubt)


def withhold_deliveries(session: Session, license_id: int) -> None:
    """Withdraw the mails that wait for a license that was taken back.

    A restoration owes a mail instead of them. A mail that another one replaces stays as it is.
    """
    waits = DeliveryRow.status.not_in((*SENT, DeliveryStatus.WITHDRAWN))
    which = waits & (DeliveryRow.license_id == license_id)
    _withdraw(session, which, None, MAY_HAVE_GONE_BEFORE)


def _withdraw(
    session: Session, which: ColumnElement[bool], instead: int | None, doubt: str
) -> None:
    carrier = aliased(DeliveryRow)
    carried = exists().where(
        carrier.id == DeliveryRow.carried_by, carrier.attempt_ends_at.is_not(None)
    )
    in_doubt = which & or_(DeliveryRow.attempt_ends_at.is_not(None), carried)
    session.execute(update(DeliveryRow).where(in_doubt).values(error=doubt))
    withdrawn = {"status": DeliveryStatus.WITHDRAWN, "superseded_by": instead}
    session.execute(update(DeliveryRow).where(which).values(withdrawn))


def take_correction(license_: LicenseRow, said: CorrectionRow | None) -> bool:
    """Give the license to the corrected address; False if a later correction exists."""
    if said is None or said.id <= (license_.correction_id or 0):
        return False
    license_.correction_id, license_.email = said.id, said.to
    return True


def _is_of(sale: Sale) -> ColumnElement[bool]:
    own = CorrectionRow.order_id == sale.order_id
    if sale.subscription_id is None:
        return own
    siblings = select(SaleRow.order_id).filter_by(
        source=sale.source, subscription_id=sale.subscription_id
    )
    return or_(own, CorrectionRow.order_id.in_(siblings))
