"""Orders of several lines, and their letters."""

from dataclasses import replace
from datetime import timedelta

from db.corrections import withhold_deliveries
from db.deliveries import (
    SentMail,
    begin_attempt,
)
from db.engine import Database
from db.owed_emails import OwedEmail, load_owed_email
from db.views.lists import DeliveryLine, Filters, list_deliveries, list_licenses
from domain.delivery import DeliveryStatus
from tests.db.rows import mint, sale_of

LEASE = timedelta(hours=1)
SENT = SentMail(DeliveryStatus.ACCEPTED, "postmark", "m-1")


def sell(database: Database, line: str, order_id: str = "order-1") -> int:
    """Mint the license of a line; return its delivery."""
    sale = replace(sale_of(order_id), line=line)
    owed = database.write_here(mint, sale, f"KEY-{order_id}-{line}").delivery_id
    assert owed is not None
    return owed


def letter(database: Database, delivery: int) -> OwedEmail:
    return database.read_here(load_owed_email, delivery)


def lines(database: Database) -> list[DeliveryLine]:
    return database.read_here(list_deliveries, Filters())


def told(database: Database) -> list[tuple[str, str]]:
    """Return the order's lines in each mail, and its status, newest first."""
    line_of = {each.id: each.line for each in database.read_here(list_licenses, Filters())}
    return [
        ("".join(line_of[license_id] for license_id in each.license_ids), each.status)
        for each in lines(database)
    ]


def withhold(database: Database, delivery: int) -> None:
    """Withdraw the mails of a license that was taken back."""
    (license_id,) = (
        each.license.id
        for each in letter(database, delivery).licenses
        if each.delivery_id == delivery
    )
    database.write_here(withhold_deliveries, license_id)


def claim(database: Database, owed: OwedEmail) -> bool:
    attempt = database.write_here(begin_attempt, owed.delivery_id, owed.seen, LEASE, owed.others)
    return attempt is not None
