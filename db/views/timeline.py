"""The times of the steps of an order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import DeliveryRow, EventRow, LicenseRow, SaleRow
from domain.money import written


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order and the row it wrote. `at` is None until the step happens."""

    name: str
    at: datetime | None
    detail: str


def trace_order(session: Session, source: str, order_id: str) -> list[Step]:
    """Return the steps of an order's first event, in order. Future steps have no time."""
    order = {"source": source, "order_id": order_id}
    event = session.execute(
        select(EventRow).filter_by(**order).order_by(EventRow.id).limit(1)
    ).scalar()
    if event is None:
        return []
    sale = session.execute(select(SaleRow).filter_by(**order)).scalar()
    license_ = session.execute(select(LicenseRow).filter_by(**order)).scalar()
    return [
        Step("event stored", event.received_at, f"event {event.id}"),
        Step("workflow started", event.dispatched_at, event.workflow_id or ""),
        _parsed(sale),
        _minted(license_),
        _emailed(session, license_),
        Step("closed", event.closed_at, event.outcome or ""),
    ]


def _parsed(sale: SaleRow | None) -> Step:
    if sale is None:
        return Step("parsed", None, "")
    price = written(sale.price_cents, sale.currency)
    detail = f"sale {sale.id}: {sale.quantity} × {sale.product_name}, {price}"
    return Step("parsed", sale.created_at, detail)


def _minted(license_: LicenseRow | None) -> Step:
    if license_ is None:
        return Step("minted", None, "")
    end = license_.expires_at
    until = "for ever" if end is None else f"until {end:%Y-%m-%d}"
    return Step("minted", license_.created_at, f"license {license_.id}: {license_.tier}, {until}")


def _emailed(session: Session, license_: LicenseRow | None) -> Step:
    if license_ is None:
        return Step("e-mailed", None, "")
    owed = select(DeliveryRow).filter_by(license_id=license_.id).order_by(DeliveryRow.id).limit(1)
    delivery = session.execute(owed).scalar_one()
    return Step("e-mailed", delivery.sent_at, f"delivery {delivery.id}: {delivery.status}")
