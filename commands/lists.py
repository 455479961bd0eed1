"""The columns of each list. `--json` has every field."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from rich.text import Text
from sqlalchemy.orm import Session

from commands.colors import colored
from commands.rows import Moment, Rows, print_rows
from commands.tables import cell, console, print_json
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
from domain.addresses import person
from domain.delivery import DeliveryStatus
from domain.event import OPERATOR, EventKind, unsettled_status
from domain.grouping import without_names
from domain.identifiers import order_reference
from domain.license import ListedStatus, has_ended
from domain.money import written
from domain.visible import visible
from kit.clock import utc_now
from kit.times import day
from operations.find import bought

Line = TypeVar("Line", EventLine, SaleLine, LicenseLine, DeliveryLine)


@dataclass(frozen=True, slots=True)
class ListOf(Generic[Line]):
    name: str
    query: Callable[[Session, Filters], Sequence[Line]]
    rows: Rows[Line]


def _event_status(event: EventLine) -> str:
    return event.outcome or unsettled_status(event.error)


def _order_of(event: EventLine) -> str | None:
    """Return the name by which `mintpost show` finds the event's order."""
    # An act has a source of its own, and the order of a license from another.
    if event.order_id is None or (event.source == OPERATOR and event.kind != EventKind.GRANT):
        return event.order_id
    return order_reference(event.source, event.order_id)


def _event_remark(event: EventLine) -> Text | None:
    if event.error is None:
        return _dim(event.note)
    return cell(event.error)


def _event_cause(event: EventLine) -> Hashable | None:
    """Return the cause in an event's sentence, alike for all events that wait for it."""
    if (sentence := event.error or event.note) is None:
        return None
    cause = without_names(sentence, event.source, event.order_id, event.workflow_id)
    return _event_status(event), event.source, cause


def _dim(sentence: str | None) -> Text | None:
    return None if sentence is None else Text(visible(sentence), style="dim")


def _licensed(license_: LicenseLine) -> Text | None:
    seats = f", {license_.seats} seats" if license_.seats > 1 else ""
    holder = f"{license_.tier}{seats} for {person(license_.name, license_.email)}"
    order = order_reference(license_.source, license_.order_id)
    test = "a test" if license_.test else None
    return _dim(", ".join(filter(None, [_why(license_), holder, order, test])))


def _why(license_: LicenseLine) -> str | None:
    """Return the reason of the status, or of an active license after its end."""
    if license_.reason is not None:
        return license_.reason.replace("_", " ")
    in_grace = license_.status == ListedStatus.ACTIVE and has_ended(license_.expires_at, utc_now())
    return (
        f"in grace until {day(license_.grace_until)}" if in_grace and license_.grace_until else None
    )


def _undelivered(delivery: DeliveryLine) -> str | None:
    if delivery.status == DeliveryStatus.WITHDRAWN:
        instead = delivery.superseded_by
        why = (
            "its license was taken back before it went out"
            if instead is None
            else f"delivery {instead} goes instead"
        )
        return "; ".join(filter(None, [why, delivery.error]))
    # The column "sent" shows a time, although nobody got the mail.
    is_logged = delivery.status == DeliveryStatus.LOGGED
    unsent = "only written into the outbox: nobody got it" if is_logged else None
    return delivery.error or unsent


def _delivery_remark(delivery: DeliveryLine) -> Text | None:
    return None if (said := _undelivered(delivery)) is None else cell(said)


EVENTS: ListOf[EventLine] = ListOf(
    "events",
    list_events,
    Rows(
        {
            "id": lambda event: event.id,
            "received": lambda event: Moment(event.received_at),
            "status": lambda event: colored(_event_status(event)),
            "kind": lambda event: event.kind.replace("_", " "),
            "order": _order_of,
        },
        _event_remark,
        _event_cause,
    ),
)
SALES: ListOf[SaleLine] = ListOf(
    "sales",
    list_sales,
    Rows(
        {
            "id": lambda sale: sale.id,
            "sold": lambda sale: Moment(sale.sold_at),
            "status": lambda sale: colored(sale.status),
            "price": lambda sale: written(sale.price_cents, sale.currency),
            "order": lambda sale: order_reference(sale.source, sale.order_id),
        },
        lambda sale: _dim(bought(sale)),
    ),
)
LICENSES: ListOf[LicenseLine] = ListOf(
    "licenses",
    list_licenses,
    Rows(
        {
            "id": lambda license_: license_.id,
            "issued": lambda license_: day(license_.issued_at),
            "expires": lambda license_: (
                day(license_.expires_at) if license_.expires_at else "never"
            ),
            "status": lambda license_: colored(license_.status),
            "key": lambda license_: license_.key,
        },
        _licensed,
    ),
)
DELIVERIES: ListOf[DeliveryLine] = ListOf(
    "deliveries",
    list_deliveries,
    Rows(
        {
            "id": lambda delivery: delivery.id,
            "sent": lambda delivery: Moment(delivery.sent_at),
            "status": lambda delivery: colored(delivery.status),
            "reason": lambda delivery: delivery.reason,
            "license": lambda delivery: ", ".join(map(str, delivery.license_ids)),
            "to": lambda delivery: delivery.to,
        },
        _delivery_remark,
        _undelivered,
    ),
)


LISTS: Mapping[str, ListOf[Any]] = {
    each.name: each for each in (EVENTS, SALES, LICENSES, DELIVERIES)
}


def print_list(
    which: ListOf[Line], lines: Sequence[Line], *, as_json: bool, together: bool = False
) -> None:
    """Print a list. `together`: a terminal gets the lines of one cause side by side."""
    if as_json:
        print_json([asdict(line) for line in lines])
    elif lines:
        print_rows(lines, which.rows, together=together)
    else:
        console().print(f"no {which.name}", style="dim")
