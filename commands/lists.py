"""The columns of each list for a terminal of 80 columns. `--json` has every field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from commands.colors import colored
from commands.tables import console, print_json, print_lines
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
from domain.event import OPERATOR, EventKind, EventStatus
from domain.identifiers import order_reference
from domain.license import ListedStatus, has_ended
from domain.money import written
from kit.clock import utc_now
from kit.times import day, minute
from operations.find import bought

Line = TypeVar("Line", EventLine, SaleLine, LicenseLine, DeliveryLine)


@dataclass(frozen=True, slots=True)
class ListOf(Generic[Line]):
    """A list. The last column may be long. `remark` returns a line to print below a row."""

    name: str
    query: Callable[[Session, Filters], Sequence[Line]]
    columns: Mapping[str, Callable[[Line], Any]]
    remark: Callable[[Line], str | None]


def _event_status(event: EventLine) -> str:
    if event.outcome is not None:
        return event.outcome
    return EventStatus.OPEN if event.error is None else EventStatus.PARKED


def _order_of(event: EventLine) -> str | None:
    """Return the name by which `mintpost show` finds the event's order."""
    # An act has a source of its own, and the order of a license from another.
    if event.order_id is None or (event.source == OPERATOR and event.kind != EventKind.GRANT):
        return event.order_id
    return order_reference(event.source, event.order_id)


def _licensed(license_: LicenseLine) -> str:
    seats = f", {license_.seats} seats" if license_.seats > 1 else ""
    holder = f"{license_.tier}{seats} for {person(license_.name, license_.email)}"
    order = order_reference(license_.source, license_.order_id)
    test = "a test" if license_.test else None
    return ", ".join(filter(None, [_why(license_), holder, order, test]))


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


EVENTS: ListOf[EventLine] = ListOf(
    "events",
    list_events,
    {
        "id": lambda event: event.id,
        "received": lambda event: minute(event.received_at),
        "status": lambda event: colored(_event_status(event)),
        "kind": lambda event: event.kind.replace("_", " "),
        "order": _order_of,
    },
    lambda event: event.error or event.note,
)
SALES: ListOf[SaleLine] = ListOf(
    "sales",
    list_sales,
    {
        "id": lambda sale: sale.id,
        "sold": lambda sale: minute(sale.sold_at),
        "status": lambda sale: colored(sale.status),
        "price": lambda sale: written(sale.price_cents, sale.currency),
        "order": lambda sale: order_reference(sale.source, sale.order_id),
    },
    bought,
)
LICENSES: ListOf[LicenseLine] = ListOf(
    "licenses",
    list_licenses,
    {
        "id": lambda license_: license_.id,
        "issued": lambda license_: day(license_.issued_at),
        "expires": lambda license_: day(license_.expires_at) if license_.expires_at else "never",
        "status": lambda license_: colored(license_.status),
        "key": lambda license_: license_.key,
    },
    _licensed,
)
DELIVERIES: ListOf[DeliveryLine] = ListOf(
    "deliveries",
    list_deliveries,
    {
        "id": lambda delivery: delivery.id,
        "sent": lambda delivery: minute(delivery.sent_at) if delivery.sent_at else None,
        "status": lambda delivery: colored(delivery.status),
        "reason": lambda delivery: delivery.reason,
        "license": lambda delivery: ", ".join(map(str, delivery.license_ids)),
        "to": lambda delivery: delivery.to,
    },
    _undelivered,
)


LISTS: Mapping[str, ListOf[Any]] = {
    each.name: each for each in (EVENTS, SALES, LICENSES, DELIVERIES)
}


def print_list(which: ListOf[Line], lines: Sequence[Line], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(line) for line in lines])
    elif lines:
        print_lines(lines, which.columns, which.remark)
    else:
        console().print(f"no {which.name}", style="dim")
