"""One mail for an order of several lines, with every key that can go out at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from db.acting import NewAct, record_act
from db.resends import NewResend, ask_resends
from db.views.lists import DeliveryLine
from domain.event import EventKind
from domain.facts import Act
from fakes.postmark import Accepted, FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.clock import utc_now
from kit.doors.labeled_secrets import LabeledSecret
from mailers.postmark.service import PostmarkEmailService
from tests.storefronts.kiosk.sample import KioskEvent, line, paid, refunded
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.histories import keep_history
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import event_types, reset
from tests.support.waiting import until

SECRET = "live"
PRODUCTS = """\
kiosk:
  - {product_id: "5", tier: core, years: 1}
  - {product_id: six, tier: pro, months: 1}
  - {product_id: seven, tier: max, years: 1}
  - {product_id: book, license: none}
"""
NEW = '  - {product_id: "new", tier: new}\n'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    postmark: FakePostmark
    number: str

    async def send(self, event: KioskEvent) -> None:
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/kiosk",
            content=event.body,
            headers=event.headers(SECRET),
        )
        assert answer.status_code == 200

    async def sells(self, *products: int | str) -> None:
        lines = [line(number, product) for number, product in enumerate(products, start=1)]
        await self.send(paid(self.number, *lines))

    async def outcomes(self) -> list[str | None]:
        return [event.outcome for event in reversed(await self.mintpost.settled())]

    async def mailed(self) -> list[list[int]]:
        """Return the licenses in each mail that is not pending, oldest first."""
        found = reversed(await self.mintpost.deliveries())
        return [list(each.license_ids) for each in found if each.status == "accepted"]

    async def has_mailed(self, *mails: list[int]) -> None:
        async def all_of_them() -> bool | None:
            return True if await self.mailed() == list(mails) else None

        await until(all_of_them, f"the mails are {mails}")

    def mails(self) -> list[Accepted]:
        return list(self.postmark.accepted)

    async def asks(self, to: str | None = None) -> list[int]:
        again = NewResend("kiosk", self.number, to, "op", None)
        return await self.mintpost.database.write(ask_resends, again, utc_now())

    async def acts(self, kind: EventKind) -> int:
        """Let the seller act on every license of the order."""
        now = utc_now()
        act = NewAct("kiosk", Act(self.number, now, kind, "op", None))
        event_id = await self.mintpost.database.write(record_act, act, now)
        assert event_id is not None
        return event_id


@pytest.fixture
async def shop(
    setup: Setup, postmark: FakePostmark, mailer: PostmarkEmailService
) -> AsyncIterator[Shop]:
    setup.mailer = mailer
    setup.others = {"kiosk": Kiosk([LabeledSecret(SECRET)])}
    setup.products = PRODUCTS
    async with running(setup) as started:
        yield Shop(started, postmark, str(uuid4()))


async def test_one_mail_has_the_keys_of_every_line(shop: Shop) -> None:
    await shop.sells(5, "six", "book")

    assert await shop.outcomes() == ["fulfilled"]
    (mail,) = shop.mails()
    text = mail.message["TextBody"]
    assert all(each.key in text for each in await shop.mintpost.licenses())
    names = [each["Name"] for each in mail.message["Attachments"]]
    assert names == ["license-product-5.jwt", "license-product-six.jwt"]
    (delivery,) = await shop.mintpost.deliveries()
    assert sorted(delivery.license_ids) == [1, 2]


async def test_line_that_waits_keeps_back_no_neighbor_and_its_own_mail_follows(shop: Shop) -> None:
    await shop.sells("new", 5, "six")
    await shop.has_mailed([1, 2])

    mapping = shop.mintpost.products
    mapping.write_text(PRODUCTS + NEW)
    assert await shop.outcomes() == ["fulfilled"]
    assert await shop.mailed() == [[1, 2], [3]]
    assert [len(mail.message["Attachments"]) for mail in shop.mails()] == [2, 1]
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{shop.number}")
    await run.result()
    await keep_history("fulfill_sale.1.one-line-parked", run)


async def test_letter_that_waits_for_the_provider_is_one_mail_and_one_pending_step(
    shop: Shop,
) -> None:
    shop.postmark.default = refuse(401, 10)
    await shop.sells(5, "six")
    await shop.mintpost.parked()
    (waiting,) = await shop.mintpost.deliveries()
    assert (waiting.status, waiting.license_ids) == ("pending", (1, 2))

    shop.postmark.default = ACCEPT
    assert await shop.outcomes() == ["fulfilled"]
    assert await shop.mailed() == [[1, 2]]
    assert len(shop.mails()) == 1
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{shop.number}")
    await run.result()
    assert (await event_types(run)).count("ACTIVITY_TASK_COMPLETED") == 1
    await keep_history("fulfill_sale.1.two-lines-parked-at-email", run)


async def test_letter_that_is_refused_is_refused_once_and_goes_out_after_a_reset(
    shop: Shop,
) -> None:
    shop.postmark.default = refuse(422, 406)
    await shop.sells(5, "six")
    assert await shop.outcomes() == ["failed"]
    (refused,) = await shop.mintpost.deliveries()
    assert (refused.status, refused.license_ids) == ("refused", (1, 2))
    assert len(shop.postmark.requests) == 1

    shop.postmark.default = ACCEPT
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{shop.number}")
    await reset(shop.mintpost.client, run)
    await shop.has_mailed([1, 2])


async def test_reset_of_a_mailed_order_mails_nothing(shop: Shop) -> None:
    await shop.sells(5, "six")
    await shop.outcomes()
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{shop.number}")
    await run.result()
    await reset(shop.mintpost.client, run)
    await shop.mintpost.client.get_workflow_handle(f"kiosk:{shop.number}").result()

    assert len(shop.mails()) == 1


async def test_resend_of_an_order_is_one_mail(shop: Shop) -> None:
    await shop.sells(5, "six")
    await shop.outcomes()

    assert len(await shop.asks()) == 2
    await shop.has_mailed([1, 2], [1, 2])
    assert len(shop.mails()) == 2
    run = shop.mintpost.client.get_workflow_handle(f"kiosk:{shop.number}:resend:1")
    await run.result()
    await keep_history("resend_license.1.two-lines", run)


async def test_correction_of_a_letter_that_waits_sends_one_mail_to_the_right_address(
    shop: Shop,
) -> None:
    shop.postmark.default = refuse(401, 10)
    await shop.sells(5, "six")
    await shop.mintpost.parked()
    await shop.asks("ada.right@example.com")
    shop.postmark.default = ACCEPT

    assert await shop.outcomes() == ["fulfilled", "applied"]
    assert [mail.message["To"] for mail in shop.mails()] == ["ada.right@example.com"]
    assert [_told(each) for each in await shop.mintpost.deliveries()] == [
        ("resend:1", "accepted", (1, 2)),
        ("sale", "withdrawn", (1, 2)),
    ]


async def test_order_whose_letter_waits_when_it_is_refunded_mails_nothing(shop: Shop) -> None:
    shop.postmark.default = refuse(401, 10)
    await shop.sells(5, "six")
    await shop.mintpost.parked()
    await shop.send(refunded(shop.number))

    assert await shop.outcomes() == ["fulfilled", "applied"]
    assert [_told(each) for each in await shop.mintpost.deliveries()] == [
        ("sale", "withdrawn", (1, 2))
    ]
    assert shop.mails() == []


def _told(mail: DeliveryLine) -> tuple[str, str, tuple[int, ...]]:
    return mail.reason, mail.status, mail.license_ids


async def test_restoration_of_both_licenses_is_one_mail(shop: Shop) -> None:
    await shop.sells(5, "seven")
    await shop.outcomes()
    await shop.acts(EventKind.REVOKE)
    await shop.outcomes()
    event_id = await shop.acts(EventKind.RESTORE)

    assert await shop.outcomes() == ["fulfilled", "applied", "applied"]
    assert await shop.mailed() == [[1, 2], [1, 2]]
    assert [mail.message["Subject"] for mail in shop.mails()] == [
        "Your licenses for Product 5 and Product seven",
        "Good again: your licenses for Product 5 and Product seven",
    ]
    run = shop.mintpost.client.get_workflow_handle(f"operator:event:{event_id}")
    await run.result()
    await keep_history("apply_event.1.two-licenses-in-one-mail", run)
