"""The holder of a license: the corrected address, else the address of the newest charge."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.addresses import take_address
from db.decisions import counted
from db.events import note_event
from db.tables import LicenseRow, SaleRow
from domain.addresses import same_address
from domain.advice import advised
from domain.identifiers import order_reference
from domain.sale import CORRECTED, Sale

MOVED = (
    "the license moved to the address that this charge names, which is another than before; "
    "back or elsewhere: {}"
)
STAYED = f"{CORRECTED}, though this charge names another address: {{}}"


def follow_charge(
    session: Session, row: LicenseRow, sale: Sale, sale_id: int, event_id: int | None
) -> None:
    """Move the license to the address of its newest charge, if the storefront's address changed.

    The minted sales hold the addresses that the storefront named before. A charge older than the
    newest one changes nothing, and a person's correction stays.
    """
    before = _newest_other_payment(session, row, sale_id)
    if before is None or _time_of(before) >= _time_of(sale):
        return
    # A charge may name no address, although another payment did.
    changed = bool(sale.email) and not same_address(before.email, sale.email)
    if row.correction_id is None:
        row.name = sale.name
        if changed and not row.email:
            take_address(session, row, sale.email)
        elif changed:
            row.email = sale.email
            _note(session, sale, sale_id, event_id, MOVED)
    elif changed and not same_address(row.email, sale.email):
        _note(session, sale, sale_id, event_id, STAYED)


def _newest_other_payment(session: Session, row: LicenseRow, sale_id: int) -> SaleRow | None:
    """Return the newest of the license's other payments."""
    others = select(SaleRow).where(
        counted(row), SaleRow.minted_at.is_not(None), SaleRow.id != sale_id
    )
    # In Python, because two databases sort texts in two ways.
    return max(session.scalars(others), key=_time_of, default=None)


def _time_of(payment: SaleRow | Sale) -> tuple[datetime, str]:
    """Return what tells the newer of two payments: of one moment, the greater order's name."""
    return payment.sold_at, payment.order_id


def _note(session: Session, sale: Sale, sale_id: int, event_id: int | None, sentence: str) -> None:
    read_from = select(SaleRow.event_id).where(SaleRow.id == sale_id)
    about = event_id or session.execute(read_from).scalar_one()
    resend = advised("resend", order_reference(sale.source, sale.order_id), options=["--to"])
    note_event(session, about, sentence.format(resend))
