"""Addresses of licenses whose shop told none at first: a team at a shop may have no address."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.events import lock_order
from db.tables import DeliveryRow, LicenseRow, SaleRow
from domain.delivery import SENT

NONE = ""
"""Stands for no address in the columns, because each license has a holder."""


def give_address(session: Session, source: str, order_id: str, address: str) -> bool:
    """Give the address to the order's licenses without one; False if each has one."""
    lock_order(session, source, order_id)
    same = {"source": source, "order_id": order_id, "email": NONE}
    session.execute(update(SaleRow).filter_by(**same).values(email=address))
    rows = session.scalars(select(LicenseRow).filter_by(**same).with_for_update()).all()
    for row in rows:
        take_address(session, row, address)
    return bool(rows)


def take_address(session: Session, row: LicenseRow, address: str) -> None:
    """Send the license to the address, and so the mails that wait because there was none."""
    row.email = address
    waiting = update(DeliveryRow).where(
        DeliveryRow.license_id == row.id, DeliveryRow.to == NONE, DeliveryRow.status.not_in(SENT)
    )
    session.execute(waiting.values(to=address))
