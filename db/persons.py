"""Finds the rows that hold a person's data, by an address of the person.

A person's own licenses are those that the address holds now. They are the person's as a whole: a
mistyped earlier address of theirs is the person's too. In rows of other people's licenses, only the
fields with the address are the person's, such as the giver of a gift.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.tables import (
    AnswerRow,
    CorrectionRow,
    DeliveryRow,
    EventRow,
    FactRow,
    LicenseRow,
    RequestRow,
    ResendRow,
    SaleRow,
)
from domain.delivery import DeliveryStatus, ReasonKind
from domain.identifiers import order_reference
from domain.mentions import Mentions

AT_ONCE = 500
"""A query takes so many ids: SQLite allows 32,766 parameters."""

Order = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """The ids of the rows. `licenses` are the person's own.

    `sales`, `deliveries`, `resends` and `corrections` have the address, or are of an own license.
    `events` and `facts` tell of them. `orders` are those that the person bought or holds, and not
    the gifts to others.
    """

    mentions: Mentions
    licenses: frozenset[int] = frozenset()
    sales: frozenset[int] = frozenset()
    deliveries: frozenset[int] = frozenset()
    resends: frozenset[int] = frozenset()
    corrections: frozenset[int] = frozenset()
    events: frozenset[int] = frozenset()
    facts: frozenset[int] = frozenset()
    orders: frozenset[Order] = frozenset()


def find_person(session: Session, address: str) -> Person:
    """Read every text that may hold the address, because no index is on addresses."""
    mentions = Mentions(address)
    licenses = _with_address(session, LicenseRow.id, LicenseRow.email, mentions)
    bought, given = _bought(session, mentions), _given(session, mentions)
    own = _own_sales(session, licenses)
    own_orders, orders = _orders(session, own), _orders(session, own | bought)
    sales = own | bought | given
    of_license = DeliveryRow.license_id
    deliveries = _with_address(session, DeliveryRow.id, DeliveryRow.to, mentions)
    deliveries |= _where_in(session, DeliveryRow.id, of_license, licenses)
    resends = _with_address(session, ResendRow.id, ResendRow.previous_to, mentions)
    resends |= _where_in(session, ResendRow.id, ResendRow.license_id, licenses)
    corrections = _with_address(session, CorrectionRow.id, CorrectionRow.to, mentions)
    corrections |= of_orders(session, CorrectionRow, own_orders)
    facts, events = _facts(session, orders, _subscriptions(session, licenses), mentions)
    events |= of_orders(session, EventRow, orders) | _with_body(session, mentions)
    events |= _where_in(session, SaleRow.event_id, SaleRow.id, sales)
    return Person(
        mentions=mentions,
        licenses=frozenset(licenses),
        sales=frozenset(sales),
        deliveries=frozenset(deliveries),
        resends=frozenset(resends),
        corrections=frozenset(corrections),
        events=frozenset(events),
        facts=frozenset(facts),
        orders=frozenset(orders),
    )


def some_of(ids: Collection[Any]) -> Iterator[list[Any]]:
    """Yield the ids in parts that fit into a query."""
    listed = sorted(ids)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]


def _with_address(
    session: Session,
    row_id: InstrumentedAttribute[int],
    column: InstrumentedAttribute[Any],
    mentions: Mentions,
) -> set[int]:
    # In Python, because two spellings of one address differ in more than the case.
    rows = _streamed(session, select(row_id, column).where(column != ""))
    return {number for number, text in rows if mentions.is_address(text)}


def _bought(session: Session, mentions: Mentions) -> set[int]:
    return _with_address(session, SaleRow.id, SaleRow.email, mentions)


def _given(session: Session, mentions: Mentions) -> set[int]:
    """Return the sales for which the person paid as a giver."""
    givers = select(SaleRow.id, SaleRow.giver).where(SaleRow.giver.is_not(None))
    return {number for number, giver in _streamed(session, givers) if mentions.is_in(giver)}


def _own_sales(session: Session, licenses: Collection[int]) -> set[int]:
    """Return the payments of the own licenses."""
    charged = _where_in(session, SaleRow.id, SaleRow.license_id, licenses)
    return charged | _where_in(session, LicenseRow.sale_id, LicenseRow.id, licenses)


def _orders(session: Session, sales: Collection[int]) -> set[Order]:
    orders = select(SaleRow.source, SaleRow.order_id)
    parts = (session.execute(orders.where(SaleRow.id.in_(some))) for some in some_of(sales))
    return {(source, order_id) for part in parts for source, order_id in part}


def _subscriptions(session: Session, licenses: Collection[int]) -> set[Order]:
    named = select(LicenseRow.source, LicenseRow.subscription_id)
    named = named.where(LicenseRow.subscription_id.is_not(None))
    parts = (session.execute(named.where(LicenseRow.id.in_(some))) for some in some_of(licenses))
    return {(source, str(name)) for part in parts for source, name in part}


def _where_in(
    session: Session,
    wanted: InstrumentedAttribute[int],
    column: InstrumentedAttribute[Any],
    ids: Collection[int],
) -> set[int]:
    parts = (session.scalars(select(wanted).where(column.in_(some))) for some in some_of(ids))
    return {number for part in parts for number in part}


def of_orders(
    session: Session, table: type[EventRow | CorrectionRow], orders: Collection[Order]
) -> set[int]:
    """Return the ids of the rows that name the orders."""
    parts = (
        session.scalars(select(table.id).where(_is_any(table.source, table.order_id, some)))
        for some in some_of(orders)
    )
    return {number for part in parts for number in part}


def _is_any(
    source: InstrumentedAttribute[str], name: InstrumentedAttribute[Any], pairs: Collection[Order]
) -> ColumnElement[bool]:
    sources = {each for each, _ in pairs}
    named = {each: [name for source, name in pairs if source == each] for each in sources}
    found = [and_(source == each, name.in_(names)) for each, names in named.items()]
    return or_(false(), *found)


def _facts(
    session: Session,
    orders: Collection[Order],
    subscriptions: Collection[Order],
    mentions: Mentions,
) -> tuple[set[int], set[int]]:
    """Return the facts and their events."""
    rows = select(FactRow.id, FactRow.event_id)
    which = [_is_any(FactRow.source, FactRow.order_id, some) for some in some_of(orders)]
    which += [
        _is_any(FactRow.source, FactRow.subscription_id, some) for some in some_of(subscriptions)
    ]
    found = {tuple(row) for each in which for row in session.execute(rows.where(each))}
    # As text, because most rows are not the person's, and reading their JSON takes long.
    told = _streamed(session, select(FactRow.id, FactRow.event_id, cast(FactRow.content, Text)))
    found |= {
        (number, event)
        for number, event, content in told
        if mentions.may_be_in(content) and _tells(json.loads(content), mentions)
    }
    return {number for number, _ in found}, {event for _, event in found}


def _tells(content: dict[str, Any], mentions: Mentions) -> bool:
    buyer = content.get("buyer") or {}
    addresses = (buyer.get("email"), content.get("email"))
    return any(map(mentions.is_address, addresses)) or mentions.is_in(content.get("giver"))


def _with_body(session: Session, mentions: Mentions) -> set[int]:
    """Return the events whose request or answers have the address."""
    bodies = select(RequestRow.event_id, RequestRow.body).where(RequestRow.dropped_at.is_(None))
    found: set[int] = set()
    for which in (bodies, select(AnswerRow.event_id, AnswerRow.body)):
        rows = _streamed(session, which)
        found |= {number for number, body in rows if mentions.is_in_bytes(body)}
    return found


def _streamed(session: Session, rows: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(session.execute(rows.execution_options(yield_per=AT_ONCE)))


def waiting(session: Session, person: Person) -> Iterator[str]:
    """Yield the names of orders and events that still need the data.

    An open event owes its mails. A resend has no event.
    """
    for some in some_of(person.events):
        rows = select(EventRow).where(EventRow.id.in_(some), EventRow.outcome.is_(None))
        for event in session.scalars(rows):
            order = event.order_id
            yield f"event {event.id}" if order is None else order_reference(event.source, order)
    for some in some_of(person.deliveries):
        owed = select(LicenseRow).join(DeliveryRow, DeliveryRow.license_id == LicenseRow.id)
        is_resend = DeliveryRow.reason.startswith(ReasonKind.RESEND.prefix)
        pending = and_(DeliveryRow.status == DeliveryStatus.PENDING, is_resend)
        for license_ in session.scalars(owed.where(DeliveryRow.id.in_(some), pending)):
            yield order_reference(license_.source, license_.order_id)
