"""Erases a person's data. Ids, amounts and states stay, and the license goes on."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.addresses import NONE
from db.dropping import drop_answers, drop_requests
from db.owed import ERASED
from db.persons import Person, of_orders, some_of, waiting
from db.tables import (
    CorrectionRow,
    DeliveryRow,
    DeviceRow,
    EventRow,
    FactRow,
    LicenseRow,
    MailReportRow,
    RemapRow,
    ResendRow,
    SaleRow,
    Table,
)
from domain.delivery import OWED, DeliveryStatus

Row = TypeVar("Row", bound=Table)

NOBODY = {"email": NONE, "name": ""}


class StillWaitingError(Exception):
    """Something still needs the data. `names` are its orders and events."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self.names = tuple(dict.fromkeys(names))


def erase_person(session: Session, person: Person, now: datetime) -> Mapping[str, int]:
    """Erase everything that is kept of the person; return the number of changed rows by table.

    Finding the person is apart, because it reads every row, and webhooks wait for a write.
    Raises StillWaitingError before any change.
    """
    if names := [*waiting(session, person)]:
        raise StillWaitingError(names)
    licenses, mails = person.licenses, person.deliveries
    sale, license_ = partial(_erase_sale, session, person), partial(_erase_license, now)
    fact, words = partial(_erase_fact, person), partial(_erase_words, person)
    return {
        "sales": _each(session, SaleRow, SaleRow.id, person.sales, sale),
        "licenses": _each(session, LicenseRow, LicenseRow.id, licenses, license_),
        "facts": _each(session, FactRow, FactRow.id, person.facts, fact),
        "requests": sum(drop_requests(session, some, now) for some in some_of(person.events)),
        "answers": sum(drop_answers(session, some) for some in some_of(person.events)),
        "events": _each(session, EventRow, EventRow.id, person.events, words),
        "deliveries": _each(session, DeliveryRow, DeliveryRow.id, mails, _erase_delivery),
        "mail_reports": _each(
            session, MailReportRow, MailReportRow.delivery_id, mails, _erase_report
        ),
        "resends": _each(session, ResendRow, ResendRow.id, person.resends, _erase_resend),
        "corrections": _forget_corrections(session, person),
        "remaps": _each(session, RemapRow, RemapRow.license_id, licenses, _erase_reason),
        "devices": _each(session, DeviceRow, DeviceRow.license_id, licenses, _erase_device),
    }


def _erase_sale(session: Session, person: Person, sale: SaleRow) -> bool:
    changed = person.mentions.is_in(sale.giver) and _set(sale, giver=None)
    if (sale.source, sale.order_id) not in person.orders:
        return changed  # The person gave it to somebody else.
    for row in session.scalars(select(LicenseRow).where(_of_sale(sale))):
        # A correction gave the license to another address, and left the buyer's name.
        if row.id not in person.licenses and row.name == sale.name:
            row.name = ""
    return _set(sale, **NOBODY) or changed


def _of_sale(sale: SaleRow) -> Any:  # noqa: ANN401 - a condition of either column
    return or_(LicenseRow.sale_id == sale.id, LicenseRow.id == sale.license_id)


def _erase_license(now: datetime, row: LicenseRow) -> bool:
    return _set(row, **NOBODY, correction_id=None, erased_at=now)


def _erase_fact(person: Person, row: FactRow) -> bool:
    told, is_own = dict(row.content), (row.source, row.order_id) in person.orders
    buyer = told.get("buyer")
    if buyer and (is_own or person.mentions.is_address(buyer.get("email"))):
        told["buyer"] = dict(NOBODY)
    if person.mentions.is_in(told.get("giver")):
        told["giver"] = None
    if "email" in told and (is_own or person.mentions.is_address(told["email"])):
        told |= NOBODY
    if is_own and "why" in told:
        told["why"] = None  # An act of the seller: its reason is free text.
    return _set(row, content=told)


def _erase_words(person: Person, event: EventRow) -> bool:
    words = {"error": event.error, "note": event.note}
    telling = [name for name, said in words.items() if person.mentions.is_in(said)]
    return _set(event, **dict.fromkeys(telling))


def _erase_delivery(mail: DeliveryRow) -> bool:
    if mail.status in OWED:
        return _set(mail, to=NONE, status=DeliveryStatus.WITHDRAWN, error=ERASED)
    return _set(mail, to=NONE, error=mail.error if mail.error == ERASED else None)


def _erase_report(row: MailReportRow) -> bool:
    return _set(row, detail=None)


def _erase_resend(row: ResendRow) -> bool:
    return _set(row, previous_to=NONE, asked_why=None)


def _erase_reason(row: CorrectionRow | RemapRow) -> bool:
    return _set(row, asked_why=None)


def _erase_device(row: DeviceRow) -> bool:
    return _set(row, label="", extra=None)


def _forget_corrections(session: Session, person: Person) -> int:
    """Delete corrections, because each is an address and nothing else.

    The reason of a correction to another holder's address is free text, perhaps about the person.
    """
    others = of_orders(session, CorrectionRow, person.orders) - person.corrections
    told = _each(session, CorrectionRow, CorrectionRow.id, others, _erase_reason)
    for some in some_of(person.corrections):
        named = update(LicenseRow).where(LicenseRow.correction_id.in_(some))
        session.execute(named.values(correction_id=None))
        session.execute(delete(CorrectionRow).where(CorrectionRow.id.in_(some)))
    return len(person.corrections) + told


def _set(row: Table, **values: object) -> bool:
    """Set the columns; return whether one of them changed."""
    changed = {name: each for name, each in values.items() if getattr(row, name) != each}
    for name, each in changed.items():
        setattr(row, name, each)
    return bool(changed)


def _each(
    session: Session,
    table: type[Row],
    column: InstrumentedAttribute[int],
    ids: Collection[int],
    erase: Callable[[Row], bool],
) -> int:
    """Erase in each row whose column has one of the ids; return how many rows changed."""
    count = 0
    for some in some_of(ids):
        rows = session.scalars(select(table).where(column.in_(some)).with_for_update()).all()
        count += sum(map(erase, rows))
    return count
