"""Gumroad's export of sales: each kind of line, with the columns of 2026-11."""

from datetime import UTC, datetime

import pytest

from domain.license import Term
from domain.sale import Product
from domain.wanted import OrderName, Wanted
from storefronts.cells import Cells, LineRefusedError, fold_name
from storefronts.exports import LeftOut, Renewal, Told
from storefronts.gumroad.export import GumroadSales

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SOLD = datetime(2026, 9, 1, 12, tzinfo=UTC)
LINE = {
    "Purchase ID": "-x1Y==",
    "Item Name": "Lumen",
    "Buyer Name": "Ada Buyer",
    "Purchase Email": "ada@example.com",
    "Purchase Date": "2026-09-01",
    "Purchase Time (UTC timezone)": "2026-09-01 12:00:00 UTC",
    "Fully Refunded?": "0",
    "Disputed?": "0",
    "Dispute Won?": "0",
    "Access Revoked?": "0",
    "Variants": "(Pro, Large)",
    "Recurring Charge?": "0",
    "Pre-order authorization?": "0",
    "Product ID": "lumen",
    "Giftee Email": "",
    "Quantity": "2",
    "Recurrence": "",
    "Subscription End Date": "",
    "License Key": "AAAA-1111",
    "License Key Enabled?": "1",
}
ORDER = OrderName("gumroad", "-x1Y==")


def read(**changed: str) -> Told:
    line = LINE | {name.replace("_", " "): value for name, value in changed.items()}
    columns = {fold_name(name): place for place, name in enumerate(line)}
    export = GumroadSales()
    assert export.recognizes(frozenset(columns))
    return export.read(Cells(columns, tuple(line.values()), NOW))


def test_sale_is_a_wanted_license_with_the_shops_order_and_key() -> None:
    assert read() == Wanted(
        email="ada@example.com",
        name="Ada Buyer",
        product=Product("lumen", "Lumen", ("Lumen",)),
        options=("Pro", "Large"),
        quantity=2,
        issued_at=SOLD,
        key="AAAA-1111",
        source="gumroad",
        order=ORDER,
    )


def test_gift_is_the_receivers() -> None:
    told = read(Giftee_Email="bo@example.com")
    assert isinstance(told, Wanted)
    assert (told.email, told.name) == ("bo@example.com", "bo")


@pytest.mark.parametrize(
    ("recurrence", "months"), [("monthly", 1), ("yearly", 12), ("every_two_years", 24)]
)
def test_membership_has_the_shops_frequency_as_its_term(recurrence: str, months: int) -> None:
    told = read(Recurrence=recurrence)
    assert isinstance(told, Wanted)
    assert told.term == Term(months)


def test_ended_membership_ends_when_the_shop_ended_it() -> None:
    told = read(Recurrence="monthly", Subscription_End_Date="2026-10-15 08:00:00 UTC")
    assert isinstance(told, Wanted)
    assert told.until == datetime(2026, 10, 15, 8, tzinfo=UTC)


def test_later_charge_is_a_renewal_of_the_key() -> None:
    told = read(**{"Recurring Charge?": "1"}, Recurrence="monthly")
    assert told == Renewal("AAAA-1111", ORDER, SOLD, Term(1))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Purchase ID": "Totals"}, "the line of totals"),
        ({"Fully Refunded?": "1"}, "refunded"),
        ({"Disputed?": "1"}, "disputed"),
        ({"Access Revoked?": "1"}, "taken back at the shop"),
        ({"License Key Enabled?": "0"}, "taken back at the shop"),
        ({"Pre-order authorization?": "1"}, "a preorder, not paid yet"),
        ({"Recurring Charge?": "1", "License Key": ""}, "a later charge without a key"),
    ],
)
def test_line_that_means_no_license_is_left_out(changed: dict[str, str], why: str) -> None:
    assert read(**changed) == LeftOut(why)


def test_won_dispute_leaves_the_license() -> None:
    assert isinstance(read(**{"Disputed?": "1", "Dispute Won?": "1"}), Wanted)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Purchase Email": "nobody"}, "its purchase email is no address"),
        ({"Purchase Email": ""}, "its purchase email is empty"),
        ({"Purchase ID": "a:b"}, "its purchase id"),
        ({"Quantity": "0"}, "its quantity must be a whole number from 1 to"),
        ({"Purchase Time (UTC timezone)": "1999-01-01"}, "lies before 2005"),
        ({"Purchase Time (UTC timezone)": "2027-01-01"}, "lies ahead"),
        ({"Subscription End Date": "2127-01-01"}, "more than 100 years ahead"),
    ],
)
def test_bad_value_is_refused_with_its_column(changed: dict[str, str], why: str) -> None:
    with pytest.raises(LineRefusedError, match=why):
        read(**changed)
