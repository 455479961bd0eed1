"""Helpers that correct the address of an order, and read the result."""

from db.engine import Database
from db.resends import NewResend, ask_resends
from db.views.lists import DeliveryLine, Filters, list_deliveries, list_licenses
from tests.db.rows import NOON, mint, sale_of

RIGHT = "ada.right@example.com"
RIGHTER = "ada.righter@example.com"


def said(to: str | None = RIGHT, order_id: str = "order-1") -> NewResend:
    return NewResend("gumroad", order_id, to, asked_by="operator", asked_why=None)


def corrected(database: Database, to: str = RIGHT, order_id: str = "order-1") -> int:
    (delivery,) = database.write_here(ask_resends, said(to, order_id), NOON)
    return delivery


def owed(database: Database) -> int:
    delivery = database.write_here(mint, sale_of()).delivery_id
    assert delivery is not None
    return delivery


def line(database: Database, delivery: int) -> DeliveryLine:
    found = database.read_here(list_deliveries, Filters())
    return next(each for each in found if each.id == delivery)


def holder(database: Database) -> str | None:
    (license_,) = database.read_here(list_licenses, Filters())
    return license_.email
