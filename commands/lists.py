"""What a person needs of each list in a terminal of 80 columns; the rest is for --json."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Generic, TypeVar

import typer
from sqlalchemy.orm import Session

from commands.options import AsJson, Limit, Since, Source, require_known
from commands.tables import console, day, minute, print_json, print_lines
from db.views.lists import (
    DELIVERY_STATUSES,
    EVENT_STATUSES,
    LICENSE_STATUSES,
    SALE_STATUSES,
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
from domain.delivery import DeliveryStatus
from domain.event import EventStatus
from domain.identifiers import order_reference

Line = TypeVar("Line", EventLine, SaleLine, LicenseLine, DeliveryLine)


@dataclass(frozen=True, slots=True)
class ListOf(Generic[Line]):
    """One of the lists; `statuses` are what its --status knows.

    The last of the columns may be long; `remark` stands below its row, where there is one.
    """

    name: str
    what: str
    query: Callable[[Session, Filters], Sequence[Line]]
    statuses: Collection[str]
    columns: Mapping[str, Callable[[Line], Any]]
    remark: Callable[[Line], str | None]


def _event_status(event: EventLine) -> str:
    if event.outcome is not None:
        return event.outcome
    return EventStatus.OPEN if event.error is None else EventStatus.PARKED


def _order_of(event: EventLine) -> str | None:
    return None if event.order_id is None else order_reference(event.source, event.order_id)


def _bought(sale: SaleLine) -> str:
    variants = ", ".join(f"{category}: {choice}" for category, choice in sale.variants.items())
    product = f"{sale.quantity} × {sale.product_name}{f' ({variants})' if variants else ''}"
    given = f", given by {sale.giver}" if sale.giver else ""
    return f"{product} for {sale.name} <{sale.email}>{given}{', a test' if sale.test else ''}"


def _licensed(license_: LicenseLine) -> str:
    seats = f", {license_.seats} seats" if license_.seats > 1 else ""
    holder = f"{license_.tier}{seats} for {license_.name} <{license_.email}>"
    order = order_reference(license_.source, license_.order_id)
    return f"{holder}, {order}{', a test' if license_.test else ''}"


def _undelivered(delivery: DeliveryLine) -> str | None:
    if delivery.status == DeliveryStatus.WITHDRAWN:
        instead = f"a person corrected the address: delivery {delivery.superseded_by} goes instead"
        return "; ".join(filter(None, [instead, delivery.error]))
    # It has a time in the column of what was sent, and yet nobody got it.
    unsent = "only written into the outbox: nobody got it" if delivery.status == "logged" else None
    return delivery.error or unsent


EVENTS: ListOf[EventLine] = ListOf(
    "events",
    "what the webhook took in",
    list_events,
    EVENT_STATUSES,
    {
        "id": lambda event: event.id,
        "received": lambda event: minute(event.received_at),
        "status": _event_status,
        "kind": lambda event: event.kind.replace("_", " "),
        "order": _order_of,
    },
    lambda event: event.error or event.note,
)
SALES: ListOf[SaleLine] = ListOf(
    "sales",
    "what was sold",
    list_sales,
    SALE_STATUSES,
    {
        "id": lambda sale: sale.id,
        "sold": lambda sale: minute(sale.sold_at),
        "status": lambda sale: sale.status,
        "price": lambda sale: f"{sale.price_cents / 100:,.2f} {sale.currency.upper()}",
        "order": lambda sale: order_reference(sale.source, sale.order_id),
    },
    _bought,
)
LICENSES: ListOf[LicenseLine] = ListOf(
    "licenses",
    "the licenses",
    list_licenses,
    LICENSE_STATUSES,
    {
        "id": lambda license_: license_.id,
        "issued": lambda license_: day(license_.issued_at),
        "expires": lambda license_: day(license_.expires_at) if license_.expires_at else "never",
        "status": lambda license_: license_.status,
        "key": lambda license_: license_.key,
    },
    _licensed,
)
DELIVERIES: ListOf[DeliveryLine] = ListOf(
    "deliveries",
    "e-mails, owed or sent",
    list_deliveries,
    DELIVERY_STATUSES,
    {
        "id": lambda delivery: delivery.id,
        "sent": lambda delivery: minute(delivery.sent_at) if delivery.sent_at else None,
        "status": lambda delivery: delivery.status,
        "reason": lambda delivery: delivery.reason,
        "license": lambda delivery: delivery.license_id,
        "to": lambda delivery: delivery.to,
    },
    _undelivered,
)


Read = Callable[[Callable[[Session, Filters], Sequence[Line]], Filters], Sequence[Line]]


def list_command(
    which: ListOf[Line], sources: Collection[str], read: Read[Line]
) -> Callable[..., None]:
    """Return the command of one list; `read` runs its query in the database."""
    known = ", ".join(which.statuses)

    def command(
        *,
        status: Annotated[str | None, typer.Option(metavar="NAME", help=known)] = None,
        source: Source = None,
        since: Since = None,
        limit: Limit = 50,
        as_json: AsJson = False,
    ) -> None:
        require_known("--status", status, which.statuses)
        require_known("--source", source, sources)
        # No database counts further than this.
        filters = Filters(status, source, since, min(limit, sys.maxsize))
        print_list(which, read(which.query, filters), as_json=as_json)

    return command


def print_list(which: ListOf[Line], lines: Sequence[Line], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(line) for line in lines])
    elif lines:
        print_lines(lines, which.columns, which.remark)
    else:
        console().print(f"no {which.name}", style="dim")
