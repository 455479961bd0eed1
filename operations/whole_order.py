"""Read the rows of an order, or of an event without an order."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from db.views.corrections import CorrectionLine, list_corrections
from db.views.lists import (
    DeliveryLine,
    EventLine,
    Filters,
    LicenseLine,
    SaleLine,
    list_deliveries,
    list_events,
    list_licenses,
    list_sales,
)
from db.views.naming import event_alone, order_minted_by
from operations.spooled import SpooledLine

Line = EventLine | SaleLine | LicenseLine | DeliveryLine | CorrectionLine | SpooledLine

EVERYTHING = 1000
NO_ORDER = ""


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """All rows of an order, newest first. Field names are the JSON keys of `mintpost show`."""

    events: list[EventLine] = field(default_factory=list)
    sales: list[SaleLine] = field(default_factory=list)
    licenses: list[LicenseLine] = field(default_factory=list)
    deliveries: list[DeliveryLine] = field(default_factory=list)
    spooled: list[SpooledLine] = field(default_factory=list)
    corrections: list[CorrectionLine] = field(default_factory=list)


def load_order(session: Session, source: str, order_id: str) -> WholeOrder:
    """Return the rows of an order, or the rows around an event without an order."""
    events = order = Filters(source=source, order_id=order_id, limit=EVERYTHING)
    if (event_id := event_alone(session, source, order_id)) is not None:
        events = Filters(source=source, ids=[event_id])
        minted = order_minted_by(session, event_id) or NO_ORDER
        order = Filters(source=source, order_id=minted, limit=EVERYTHING)
    return WholeOrder(
        list_events(session, events),
        list_sales(session, order),
        list_licenses(session, order),
        list_deliveries(session, order),
        corrections=list_corrections(session, source, order.order_id or NO_ORDER),
    )


def workflow_of(order: WholeOrder, reference: str) -> str:
    """Return the workflow id of an order. An event without an order has its id on its row."""
    order_id = reference.partition(":")[2]
    alone = [event for event in order.events if event.order_id != order_id]
    return (alone[0].workflow_id if alone else None) or reference
