"""The workflows of resends: those to start, and those that the watcher looks after."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.tables import DeliveryRow, LicenseRow, ResendRow, SaleRow
from domain.delivery import DeliveryStatus
from domain.identifiers import order_reference, resend_reference


@dataclass(frozen=True, slots=True)
class WaitingResend:
    """A request without a workflow yet. `ids` are its resends, one for each license.

    `event_id` is the event of the order that the person named. `renewed`: this order was a later
    charge of the license's membership.
    """

    ids: tuple[int, ...]
    number: int
    source: str
    order_id: str
    event_id: int
    license_id: int
    delivery_ids: tuple[int, ...]
    renewed: bool

    @property
    def workflow_id(self) -> str:
        return resend_reference(self.source, self.order_id, self.number)


@dataclass(frozen=True, slots=True)
class StartedResend:
    """A resend whose workflow has started. `order` is the reference of the order named."""

    id: int
    order: str
    workflow_id: str
    delivery_id: int


# Built once, because an idle relay asks every second.
_WAITING_RESENDS = (
    select(
        ResendRow.id,
        ResendRow.number,
        SaleRow.source,
        SaleRow.order_id,
        SaleRow.event_id,
        LicenseRow.id,
        ResendRow.delivery_id,
        LicenseRow.sale_id != SaleRow.id,
    )
    .join(LicenseRow, LicenseRow.id == ResendRow.license_id)
    .join(SaleRow, SaleRow.id == ResendRow.sale_id)
    .where(ResendRow.dispatched_at.is_(None))
    .order_by(ResendRow.id)
)


def waiting_resends(session: Session) -> list[WaitingResend]:
    """Return the requests without a workflow, oldest first."""
    found: dict[str, list[WaitingResend]] = {}
    for own, number, source, order_id, event, license_id, delivery, renewed in session.execute(
        _WAITING_RESENDS
    ):
        resend = WaitingResend(
            (own,), number, source, order_id, event, license_id, (delivery,), renewed
        )
        found.setdefault(resend.workflow_id, []).append(resend)
    return [_joined(same) for same in found.values()]


def mark_resends_dispatched(
    session: Session, resend_ids: Collection[int], now: datetime | None
) -> None:
    """Record the start of their workflow. `now` None: the relay shall start another workflow."""
    which = ResendRow.id.in_(resend_ids)
    session.execute(update(ResendRow).where(which).values(dispatched_at=now))


def started_resends(session: Session, before: datetime) -> list[StartedResend]:
    """Return the resends whose workflow started before that time and whose mail is still owed."""
    rows = session.execute(
        select(
            ResendRow.id, SaleRow.source, SaleRow.order_id, ResendRow.number, ResendRow.delivery_id
        )
        .join(SaleRow, SaleRow.id == ResendRow.sale_id)
        .join(DeliveryRow, DeliveryRow.id == ResendRow.delivery_id)
        .where(ResendRow.dispatched_at < before, DeliveryRow.status == DeliveryStatus.PENDING)
        .order_by(ResendRow.id)
    )
    return [
        StartedResend(
            resend_id,
            order_reference(source, order_id),
            resend_reference(source, order_id, number),
            delivery_id,
        )
        for resend_id, source, order_id, number, delivery_id in rows
    ]


def _joined(same: list[WaitingResend]) -> WaitingResend:
    """Join the resends of one request."""
    return replace(
        same[0],
        ids=tuple(own for each in same for own in each.ids),
        delivery_ids=tuple(owed for each in same for owed in each.delivery_ids),
    )
