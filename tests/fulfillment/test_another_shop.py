"""Sales of a shop that differs from Gumroad in every point of the contract, in all parts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import pytest
from sqlalchemy import select

from db.facts import known_of_order
from db.tables import LicenseRow
from domain.facts import Payment
from fakes.shop import FakeShop
from kit.doors.labeled_secrets import LabeledSecret
from tests.storefronts.kiosk.client import kiosk_api
from tests.storefronts.kiosk.sample import (
    BUYER,
    KioskEvent,
    line,
    order,
    paid,
    placed,
    refunded,
)
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.histories import keep_history
from tests.support.running import Mintpost, Setup, running
from tests.support.serving import serving
from tests.support.temporal import event_types
from tests.support.waiting import until

LIVE, TEST = "live, with a comma", "test-secret"
PRODUCTS = """\
kiosk:
  - {product_id: "5", tier: core, years: 1}
  - {product_id: six, tier: pro, months: 1}
  - {product_id: book, license: none}
"""
NEW = '  - {product_id: "new", tier: new}\n'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    api: FakeShop

    async def send(self, event: KioskEvent, secret: str = LIVE) -> int:
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/kiosk",
            content=event.body,
            headers=event.headers(secret),
        )
        return answer.status_code

    async def settled(self) -> list[tuple[str, str | None]]:
        """Return kind and outcome of every event, in order of arrival."""
        found = await self.mintpost.settled()
        return [(event.kind, event.outcome) for event in reversed(found)]

    async def tiers(self) -> list[tuple[str, str]]:
        """Return line and tier of each license."""
        lines = select(LicenseRow.line, LicenseRow.tier).order_by(LicenseRow.line)
        found = await self.mintpost.database.read(lambda session: session.execute(lines).all())
        return [(line, tier) for line, tier in found]

    async def mails(self) -> list[str]:
        return [mail.status for mail in await self.mintpost.deliveries()]


@pytest.fixture
async def api() -> FakeShop:
    return FakeShop()


@pytest.fixture
async def shop(setup: Setup, api: FakeShop) -> AsyncIterator[Shop]:
    async with serving(api.app) as url:
        secrets = [LabeledSecret(LIVE), LabeledSecret(TEST, "test")]
        api_client = kiosk_api(url, FakeShop().key)
        setup.others = {"kiosk": Kiosk(secrets, api=api_client)}
        setup.products = PRODUCTS
        async with running(setup) as started:
            yield Shop(started, api)


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


async def test_line_without_a_license_leaves_the_other_fulfilled(shop: Shop, number: str) -> None:
    await shop.send(paid(number, line(1, "book"), line(2, 5)))

    assert await shop.settled() == [("sale", "fulfilled")]
    assert await shop.tiers() == [("2", "core")]


async def test_order_of_books_alone_ends_as_one_that_gives_none(shop: Shop, number: str) -> None:
    await shop.send(paid(number, line(1, "book"), line(2, "book")))

    assert await shop.settled() == [("sale", "ignored:no_license")]


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


async def test_unpaid_order_after_its_payment_is_a_duplicate(shop: Shop, number: str) -> None:
    await shop.send(paid(number, line(1, 5)))
    await shop.settled()
    await shop.send(placed(number, line(1, 5)))

    assert await shop.settled() == [("sale", "fulfilled"), ("sale", "duplicate")]


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
    shop: Shop, number: str
) -> None:
    await shop.send(refunded(number))
    assert await shop.settled() == [("refund", "noted:no_sale_yet")]
    await shop.send(paid(number, line(1, 5), line(2, "six")))

    assert (await shop.settled())[1] == ("sale", "ignored:refunded")
    assert await shop.tiers() == []


async def test_refund_of_a_part_takes_nothing_back(shop: Shop, number: str) -> None:
    await shop.send(refunded(number, 100, whole=False))
    await shop.send(paid(number, line(1, 5)))

    assert (await shop.settled())[1] == ("sale", "fulfilled")


async def test_event_that_names_no_order_runs_by_itself(shop: Shop) -> None:
    state = {"id": str(uuid4()), "renews": False}
    changed = {"type": "subscription.changed", "subscription": state, "at": "2026-09-01T12:00:05Z"}
    await shop.send(KioskEvent(changed))

    (event,) = await shop.mintpost.settled_and_named()
    assert event.outcome == "noted:no_sale_yet"
    assert (event.order_id, event.workflow_id) == (None, f"kiosk:event:{event.id}")


async def test_event_that_is_delivered_twice_is_one_row(shop: Shop, number: str) -> None:
    event = paid(number, line(1, 5))
    assert [await shop.send(event), await shop.send(event)] == [200, 200]

    assert await shop.settled() == [("sale", "fulfilled")]


async def test_label_of_the_secret_marks_a_test_sale(shop: Shop, number: str) -> None:
    await shop.send(paid(number, line(1, 5)), TEST)
    await shop.settled()

    (license_,) = await shop.mintpost.licenses()
    assert license_.test


async def test_signature_of_another_secret_is_a_strangers(shop: Shop, number: str) -> None:
    assert await shop.send(paid(number, line(1, 5)), "another") == 404
    assert await shop.mintpost.events() == []
