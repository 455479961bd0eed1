"""Sales of a shop that differs from Gumroad in every point of the contract, in all parts."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from uuid import uuid4

import pytest

from db.facts import known_of_order
from domain.facts import Payment
from fakes.shop import FakeShop
from tests.storefronts.kiosk.sample import (
    BUYER,
    KioskEvent,
    line,
    order,
    paid,
    placed,
    refunded,
)
from tests.support.histories import keep_history
from tests.support.kiosk_shop import PRODUCTS, TEST, Shop, kiosk_shop
from tests.support.running import Setup, running
from tests.support.stepping import stepping
from tests.support.temporal import event_types
from tests.support.waiting import until

NEW = '  - {product_id: "new", tier: new}\n'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def api() -> FakeShop:
    return FakeShop()


@pytest.fixture
async def shop(setup: Setup, api: FakeShop) -> AsyncIterator[Shop]:
    async with kiosk_shop(setup, api, running) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup, api: FakeShop) -> AsyncIterator[Shop]:
    async with kiosk_shop(setup, api, stepping) as started:
        yield started


@pytest.fixture
def number() -> str:
    return str(uuid4())


async def test_every_line_gets_a_license_and_the_order_one_mail(shop: Shop, number: str) -> None:
    await shop.send(paid(number, line(1, 5), line(2, "six", quantity=3)))

    assert await shop.settled() == [("sale", "fulfilled")]
    assert await shop.tiers() == [("1", "core"), ("2", "pro")]
    assert await shop.mails() == ["logged"]
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{number}")
    await run.result()
    await keep_history("fulfill_sale.1.two-lines-in-one-mail", run)


async def test_line_that_is_not_mapped_parks_alone(shop: Shop, number: str) -> None:
    await shop.send(paid(number, line(1, "new"), line(2, 5)))
    parked = await shop.mintpost.parked()

    async def mailed() -> bool | None:
        return True if await shop.mails() == ["logged"] else None

    await until(mailed, "the neighbor is mailed")
    assert parked.error is not None
    assert 'unmapped product "new"' in parked.error
    assert await shop.tiers() == [("2", "core")]
    shop.mintpost.products.write_text(PRODUCTS + NEW)
    assert await shop.settled() == [("sale", "fulfilled")]
    assert await shop.tiers() == [("1", "new"), ("2", "core")]


async def test_line_without_a_license_leaves_the_other_fulfilled(
    stepped: Shop, number: str
) -> None:
    await stepped.send(paid(number, line(1, "book"), line(2, 5)))

    assert await stepped.settled() == [("sale", "fulfilled")]
    assert await stepped.tiers() == [("2", "core")]


async def test_order_of_books_alone_ends_as_one_that_gives_none(stepped: Shop, number: str) -> None:
    await stepped.send(paid(number, line(1, "book"), line(2, "book")))

    assert await stepped.settled() == [("sale", "ignored:no_license")]


async def test_unpaid_order_settles_nothing_and_its_payment_mints(shop: Shop, number: str) -> None:
    await shop.send(placed(number, line(1, 5)))
    assert await shop.settled() == [("sale", "noted:waits_for_payment")]
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{number}")
    await run.result()
    await keep_history("fulfill_sale.1.noted", run)

    await shop.send(paid(number, line(1, 5)))
    assert await shop.settled() == [("sale", "noted:waits_for_payment"), ("sale", "fulfilled")]
    assert await shop.tiers() == [("1", "core")]
    assert await shop.mails() == ["logged"]


async def test_unpaid_order_after_its_payment_is_a_duplicate(stepped: Shop, number: str) -> None:
    await stepped.send(paid(number, line(1, 5)))
    await stepped.settled()
    await stepped.send(placed(number, line(1, 5)))

    assert await stepped.settled() == [("sale", "fulfilled"), ("sale", "duplicate")]


async def test_event_that_lacks_its_lines_is_completed_by_the_shops_api(
    shop: Shop, number: str
) -> None:
    shop.api.orders[number] = order(number, line(1, 5), line(2, "six"), buyer=BUYER)
    await shop.send(paid(number))

    assert await shop.settled() == [("sale", "fulfilled")]
    assert await shop.tiers() == [("1", "core"), ("2", "pro")]
    assert shop.api.asked == [number]
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{number}")
    await run.result()
    assert (await event_types(run)).count("MARKER_RECORDED") == 7
    await keep_history("fulfill_sale.1.completed-by-the-shop", run)
    known = await shop.mintpost.database.read(known_of_order, "kiosk", number)
    payments = [each.fact for each in known.facts if isinstance(each.fact, Payment)]
    assert [len(payment.lines) for payment in payments] == [2]


async def test_sale_waits_while_the_shops_api_is_down(shop: Shop, number: str) -> None:
    shop.api.orders[number] = order(number, line(1, 5))
    shop.api.failures.extend([HTTPStatus.SERVICE_UNAVAILABLE] * 3)
    await shop.send(paid(number))
    parked = await shop.mintpost.parked()

    assert parked.error == "the API of the kiosk answered 503; trying again"
    assert await shop.settled() == [("sale", "fulfilled")]


async def test_key_that_the_shop_refuses_is_the_operators_matter(shop: Shop, number: str) -> None:
    shop.api.orders[number] = order(number, line(1, 5))
    shop.api.key = "another"
    await shop.send(paid(number))
    parked = await shop.mintpost.parked()

    assert parked.error is not None
    assert parked.error == (
        "the kiosk refuses the key in KIOSK_API_KEY (401): put a valid one in its place, and start "
        "the worker again; the event waits and goes on by itself"
    )
    shop.api.key = FakeShop().key
    assert await shop.settled() == [("sale", "fulfilled")]


async def test_refund_that_comes_before_its_sale_keeps_it_from_being_minted(
    stepped: Shop, number: str
) -> None:
    await stepped.send(refunded(number))
    assert await stepped.settled() == [("refund", "noted:no_sale_yet")]
    await stepped.send(paid(number, line(1, 5), line(2, "six")))

    assert (await stepped.settled())[1] == ("sale", "ignored:refunded")
    assert await stepped.tiers() == []


async def test_refund_of_a_part_takes_nothing_back(stepped: Shop, number: str) -> None:
    await stepped.send(refunded(number, 100, whole=False))
    await stepped.send(paid(number, line(1, 5)))

    assert (await stepped.settled())[1] == ("sale", "fulfilled")


async def test_event_that_names_no_order_runs_by_itself(stepped: Shop) -> None:
    state = {"id": str(uuid4()), "renews": False}
    changed = {"type": "subscription.changed", "subscription": state, "at": "2026-09-01T12:00:05Z"}
    await stepped.send(KioskEvent(changed))

    (event,) = await stepped.mintpost.settled_and_named()
    assert event.outcome == "noted:no_sale_yet"
    assert (event.order_id, event.workflow_id) == (None, f"kiosk:event:{event.id}")


async def test_event_that_is_delivered_twice_is_one_row(stepped: Shop, number: str) -> None:
    event = paid(number, line(1, 5))
    assert [await stepped.send(event), await stepped.send(event)] == [200, 200]

    assert await stepped.settled() == [("sale", "fulfilled")]


async def test_label_of_the_secret_marks_a_test_sale(stepped: Shop, number: str) -> None:
    await stepped.send(paid(number, line(1, 5)), TEST)
    await stepped.settled()

    (license_,) = await stepped.mintpost.licenses()
    assert license_.test


async def test_signature_of_another_secret_is_a_strangers(stepped: Shop, number: str) -> None:
    assert await stepped.send(paid(number, line(1, 5)), "another") == 404
    assert await stepped.mintpost.events() == []
