"""Gumroad's recorded request bodies, from webhook to inbox."""

from datetime import UTC, datetime

import pytest

from db.views.lists import Filters, list_sales
from tests.support.pings import order_of, recorded
from tests.support.running import Mintpost

# tests/db tests their queries on both databases, and test_order.py a whole sale.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ADA = "ada.buyer@example.com"


async def fulfill(mintpost: Mintpost, number: str) -> None:
    answer = await mintpost.ping(recorded(number))
    assert answer.status_code == 200
    (event,) = await mintpost.settled()
    assert (event.kind, event.outcome, event.processed) == ("sale", "fulfilled", True)
    assert event.order_id == order_of(recorded(number))
    assert event.error is None


async def test_01_ordinary_sale_mints_a_license_and_mails_it(mintpost: Mintpost) -> None:
    await fulfill(mintpost, "01")
    (license_,) = await mintpost.licenses()
    assert license_.order_id == "HyMdzSI-iPve8n-plNxMHA=="
    assert (license_.tier, license_.seats, license_.test) == ("core", 1, False)
    assert (license_.email, license_.name) == (ADA, "Ada Buyer")
    # A year from the sale's own day, independent of the arrival.
    assert license_.expires_at == datetime(2027, 9, 1, 23, 59, 59, tzinfo=UTC)
    (delivery,) = await mintpost.deliveries()
    assert (delivery.to, delivery.status, delivery.attempts) == (ADA, "logged", 1)


async def test_02_offer_code_is_kept_with_what_was_paid(stepped: Mintpost) -> None:
    await fulfill(stepped, "02")
    (sale,) = await stepped.database.read(list_sales, Filters())
    assert (sale.offer_code, sale.price_cents, sale.status) == ("LAUNCH-25", 2175, "fulfilled")


async def test_04_variant_decides_tier_and_term(stepped: Mintpost) -> None:
    await fulfill(stepped, "04")
    (license_,) = await stepped.licenses()
    assert license_.tier == "pro"
    assert license_.expires_at == datetime(2028, 9, 1, 23, 59, 59, tzinfo=UTC)


async def test_26_free_sale_is_a_sale_and_greets_by_the_address(stepped: Mintpost) -> None:
    await fulfill(stepped, "26")
    (license_,) = await stepped.licenses()
    assert license_.name == "ada.buyer"
    (sale,) = await stepped.database.read(list_sales, Filters())
    assert sale.price_cents == 0


async def test_28_quantity_multiplies_the_seats(stepped: Mintpost) -> None:
    await fulfill(stepped, "28")
    (license_,) = await stepped.licenses()
    assert license_.seats == 3


async def test_33_third_attempt_of_01_is_a_duplicate_of_it(stepped: Mintpost) -> None:
    await fulfill(stepped, "01")
    await stepped.ping(recorded("33"))
    retried, first = await stepped.settled()
    assert (first.outcome, retried.outcome, retried.processed) == ("fulfilled", "duplicate", True)
    assert retried.note == "the order was settled by event 1"
    assert len(await stepped.licenses()) == len(await stepped.deliveries()) == 1


async def test_33_alone_is_fulfilled_like_01(stepped: Mintpost) -> None:
    await fulfill(stepped, "33")
    (license_,) = await stepped.licenses()
    assert license_.order_id == "HyMdzSI-iPve8n-plNxMHA=="


@pytest.mark.parametrize(
    ("number", "kind", "outcome"),
    [
        ("12", "refund", "noted:no_sale_yet"),
        ("14", "dispute", "noted:no_sale_yet"),
        ("16", "cancellation", "noted:no_sale_yet"),
        ("23", "test_ping", "ignored:test_ping"),
        ("30", "preorder", "ignored:preorder"),
    ],
)
async def test_known_ping_that_mints_nothing_ends_by_name(
    stepped: Mintpost, number: str, kind: str, outcome: str
) -> None:
    await stepped.ping(recorded(number))
    (event,) = await stepped.settled()
    assert (event.kind, event.outcome, event.processed) == (kind, outcome, True)
    assert await stepped.licenses() == []
