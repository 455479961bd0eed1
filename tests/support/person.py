"""A buyer with rows in every table that holds a person's data, and a search for what is left."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.deliveries import SentMail, record_sent
from db.devices import NewDevice, activate
from db.engine import Database
from db.facts import keep_facts
from db.inserting import insert_once, the_one
from db.mail_reports import record_report
from db.orders import close_row
from db.requests import store_request
from db.resends import NewResend, ask_resends
from db.sales import save_sale
from db.tables import AnswerRow, EventRow, LicenseRow, Table
from domain.delivery import DeliveryStatus
from domain.event import Outcome
from domain.facts import Payment
from domain.mail_reports import MailReport, ReportKind
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import NOON, license_of, minted
from tests.support.pings import changed, new_event, recorded

TYPO, RIGHT, NAME = "ada.byuer@example.com", "Ada.Buyer@example.com", "Ada Buyer"
PRIVATE = (TYPO, RIGHT, NAME, "Ada's laptop", "198.51.100.7", "told by Ada")
SOLD = NOON + timedelta(minutes=1)


def keep_sale(session: Session, order_id: str, body: bytes) -> int:
    """Store a ping, read and mint it, and close its event; return the license."""
    request = replace(
        new_event(body, order_id), sender="198.51.100.7", headers=(("x-of", "198.51.100.7"),)
    )
    event_id = store_request(session, request)
    payment = paid(body)
    keep_facts(session, event_id, "gumroad", [payment])
    (sale,) = payment.sales("gumroad")
    sale_id = save_sale(session, event_id, sale, NOON)
    done = minted(session, sale, license_of(sale_id, f"KEY-{order_id}", event_id=event_id))
    close_row(session, event_id, Outcome.FULFILLED, NOON)
    assert done.delivery_id is not None
    sent = SentMail(DeliveryStatus.ACCEPTED, "postmark", f"m-{order_id}")
    record_sent(session, done.delivery_id, sent, SOLD)
    return done.license.id


def paid(body: bytes) -> Payment:
    request = StoredRequest("application/x-www-form-urlencoded", body, NOON, NOON)
    (payment,) = Gumroad().read(request).facts
    assert isinstance(payment, Payment)
    return payment


def sale_body(order_id: str, email: str = TYPO, name: str = NAME, number: str = "01") -> bytes:
    return changed(recorded(number), sale_id=order_id, email=email, full_name=name)


def keep_person(session: Session) -> int:
    """Sell to a mistyped address that bounces, and correct it; return the license."""
    license_id = keep_sale(session, "ada-1", sale_body("ada-1"))
    words = f"550 no such user {TYPO}"
    bounced = MailReport("postmark", "key", ReportKind.BOUNCED, SOLD, words, "m-ada-1")
    record_report(session, bounced, SOLD)
    asked = NewResend("gumroad", "ada-1", RIGHT, "operator", "told by Ada Buyer")
    (again,) = ask_resends(session, asked, SOLD)
    sent = SentMail(DeliveryStatus.ACCEPTED, "postmark", "m-2", f"delayed for {RIGHT}")
    record_sent(session, again, sent, SOLD)
    extra = {"user": NAME}
    activate(session, NewDevice(license_id, "device-1", "Ada's laptop", None, SOLD, extra=extra))
    answer = f'{{"customer": "{TYPO}"}}'.encode()
    event_id = event_of(session, "ada-1")
    insert_once(session, AnswerRow, event_id=event_id, path="/x", status=200, body=answer, at=NOON)
    return license_id


def event_of(session: Session, order_id: str) -> int:
    return the_one(session, EventRow, source="gumroad", order_id=order_id).id


def left_in(database: Database, words: tuple[str, ...] = PRIVATE) -> list[str]:
    """Return the places where a row has one of the words, in any case."""
    return database.read_here(_left_in, words)


def _left_in(session: Session, words: tuple[str, ...]) -> list[str]:
    return [
        f"{table.name}.{name}: {word}"
        for table in Table.metadata.sorted_tables
        for row in session.execute(select(table)).mappings()
        for name, value in row.items()
        for word in words
        if word.lower() in _text(value).lower()
    ]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def license_row(database: Database, license_id: int) -> LicenseRow:
    return database.read_here(lambda session: the_one(session, LicenseRow, id=license_id))
