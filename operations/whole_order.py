"""Read the rows of an order, or of an event without an order."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from db.views.answers import AnswerLine, list_answers
from db.views.corrections import CorrectionLine, list_corrections
from db.views.devices import DeviceLine, ReleaseLine, list_devices_of, list_releases_of
from db.views.history import (
    ChangeLine,
    KeyLine,
    events_about,
    list_changes,
    list_further_keys,
)
from db.views.lists import (
    DeliveryLine,
    EventLine,
    Filters,
    LicenseLine,
    SaleLine,
    list_deliveries,
    list_events,
    list_sales,
)
from db.views.naming import event_alone, licensed_order, order_minted_by
from db.views.resends import ResendLine, list_resends
from domain.event import OPERATOR
from operations.device_limits import ReadMapping, list_limited
from operations.spooled import SpooledLine

Line = EventLine | SaleLine | LicenseLine | KeyLine | DeliveryLine | CorrectionLine | SpooledLine

EVERYTHING = 1000
NO_ORDER = ""


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """All rows of an order, newest first. Field names are the JSON keys of `mintpost show`.

    For a later charge of a subscription, the license and its mails are the subscription's.
    """

    events: list[EventLine] = field(default_factory=list)
    sales: list[SaleLine] = field(default_factory=list)
    licenses: list[LicenseLine] = field(default_factory=list)
    deliveries: list[DeliveryLine] = field(default_factory=list)
    spooled: list[SpooledLine] = field(default_factory=list)
    corrections: list[CorrectionLine] = field(default_factory=list)
    history: list[ChangeLine] = field(default_factory=list)
    further_keys: list[KeyLine] = field(default_factory=list)
    devices: list[DeviceLine] = field(default_factory=list)
    releases: list[ReleaseLine] = field(default_factory=list)
    answers: list[AnswerLine] = field(default_factory=list)
    resends: list[ResendLine] = field(default_factory=list)


def no_mapping() -> None:
    """Read no mapping, for a caller that needs no limits on devices."""


def load_order(
    session: Session, source: str, order_id: str, mapping: ReadMapping = no_mapping
) -> WholeOrder:
    """Return the rows of an order, or the rows around an event without an order."""
    if (event_id := event_alone(session, source, order_id)) is None:
        events = _events_of(session, source, order_id)
        return _around(session, source, order_id, events, mapping)
    minted = order_minted_by(session, event_id) or NO_ORDER
    events = list_events(session, Filters(source=source, ids=[event_id]))
    return _around(session, source, minted, events, mapping)


def _events_of(session: Session, source: str, order_id: str) -> list[EventLine]:
    own = list_events(session, Filters(source=source, order_id=order_id, limit=EVERYTHING))
    others = events_about(session, source, order_id) - {event.id for event in own}
    if not others:
        return own
    more = list_events(session, Filters(ids=others, limit=EVERYTHING))
    return sorted([*own, *more], key=lambda event: -event.id)


def _around(
    session: Session, source: str, order_id: str, events: list[EventLine], mapping: ReadMapping
) -> WholeOrder:
    order = Filters(source=source, order_id=order_id, limit=EVERYTHING)
    first = licensed_order(session, source, order_id)
    of_license = Filters(source=source, order_id=first, limit=EVERYTHING)
    licenses = list_limited(session, of_license, mapping)
    ids = [each.id for each in licenses]
    return WholeOrder(
        events,
        list_sales(session, order),
        licenses,
        list_deliveries(session, of_license),
        corrections=list_corrections(session, source, order_id),
        history=list_changes(session, source, first),
        further_keys=list_further_keys(session, source, first),
        devices=list_devices_of(session, ids),
        releases=list_releases_of(session, ids),
        answers=list_answers(session, [event.id for event in events]),
        resends=list_resends(session, ids),
    )


def workflow_of(order: WholeOrder, reference: str) -> str:
    """Return the workflow id of an order. An event without an order has its id on its row.

    So has the event that gave a license: no workflow has the name of its order.
    """
    source, _, order_id = reference.partition(":")
    own = any((event.source, event.order_id) == (source, order_id) for event in order.events)
    if (own and source != OPERATOR) or not order.events:
        return reference
    return order.events[-1].workflow_id or reference
