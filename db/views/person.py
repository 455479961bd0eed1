"""Everything that is kept of a person, as plain values for `mintpost export`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.persons import Person, find_person, some_of
from db.tables import (
    AnswerRow,
    ChangeRow,
    CorrectionRow,
    DeliveryRow,
    DeviceRow,
    EventRow,
    FactRow,
    FurtherKeyRow,
    LicenseRow,
    MailReportRow,
    ReleaseRow,
    RemapRow,
    RequestRow,
    ResendRow,
    SaleRow,
    Table,
    UsesRow,
)
from domain.event import OPERATOR

Plain = Mapping[str, Any]

OURS = frozenset({"token", "token_signed_by", "matched_secret", "secret_label"})
"""Columns about Mintpost's own secrets and signatures. A token repeats its license."""

OF_OTHERS = frozenset({"email", "name", "content", "body", "headers", "sender"})
"""Columns that tell of the receiver, where the person gave a license to somebody else."""


def known_of_person(session: Session, address: str) -> Mapping[str, list[Plain]]:
    """Return the rows by table, without other people's data."""
    person = find_person(session, address)
    gifts = _gifts(session, person)
    return {
        table.__tablename__: [
            _plain_row(row, person, gifts)
            for some in some_of(ids)
            for row in session.scalars(select(table).where(column.in_(some)))
        ]
        for table, column, ids in _places(person)
    }


def _gifts(session: Session, person: Person) -> frozenset[int]:
    """Return the events of orders that the person neither bought for themselves nor holds."""
    rows = (
        session.scalars(select(EventRow).where(EventRow.id.in_(some)))
        for some in some_of(person.events)
    )
    return frozenset(
        event.id
        for part in rows
        for event in part
        if event.source != OPERATOR
        and event.order_id is not None
        and (event.source, event.order_id) not in person.orders
    )


def _places(
    person: Person,
) -> list[tuple[type[Table], InstrumentedAttribute[Any], Collection[int]]]:
    return [
        (LicenseRow, LicenseRow.id, person.licenses),
        (FurtherKeyRow, FurtherKeyRow.license_id, person.licenses),
        (ChangeRow, ChangeRow.license_id, person.licenses),
        (RemapRow, RemapRow.license_id, person.licenses),
        (DeviceRow, DeviceRow.license_id, person.licenses),
        (ReleaseRow, ReleaseRow.license_id, person.licenses),
        (UsesRow, UsesRow.license_id, person.licenses),
        (SaleRow, SaleRow.id, person.sales),
        (EventRow, EventRow.id, person.events),
        (RequestRow, RequestRow.event_id, person.events),
        (AnswerRow, AnswerRow.event_id, person.events),
        (FactRow, FactRow.id, person.facts),
        (DeliveryRow, DeliveryRow.id, person.deliveries),
        (MailReportRow, MailReportRow.delivery_id, person.deliveries),
        (ResendRow, ResendRow.id, person.resends),
        (CorrectionRow, CorrectionRow.id, person.corrections),
    ]


def _plain_row(row: Table, person: Person, gifts: Collection[int]) -> Plain:
    columns = [each.key for each in inspect(type(row)).column_attrs if each.key not in OURS]
    hidden = _hidden(row, person, gifts)
    return {name: None if name in hidden else _plain(getattr(row, name)) for name in columns}


def _hidden(row: Table, person: Person, gifts: Collection[int]) -> Collection[str]:
    if getattr(row, "event_id", None) in gifts:
        return OF_OTHERS
    if isinstance(row, SaleRow) and not person.mentions.is_in(row.giver):
        return {"giver"}
    return ()


def _plain(value: object) -> object:
    match value:
        case bytes():
            return value.decode(errors="replace")
        case datetime() | None | bool() | int() | str() | list() | dict():
            return value
    return str(value)
