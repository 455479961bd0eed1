"""A paid sale gets its license in spite of odd characters and wrong clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.tables import EventRow
from db.views.lists import Filters, list_sales
from domain.license import Term
from fakes.postmark import FakePostmark
from mailers.postmark.service import PostmarkEmailService
from tests.support.lives import days_ago, sold_at
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost, Setup, running, running_worker
from tests.support.stepping import stepping
from tests.support.temporal import reset

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDINARY = recorded("01")
TEAMS = """\
gumroad:
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="
    tier: studio
    months: 1
"""
NOTE = "characters that nobody sees were left out of the address"
DAYS = timedelta(days=10)
BEHIND = "the clock where the API runs is behind, for it was sold after it arrived"


@ON_SQLITE
@pytest.mark.parametrize("address", ["ada@xn--ls8h.la", "ada@in--focus.com"])
async def test_address_that_the_storefront_took_is_mailed(
    mailing_stepped: Mintpost, postmark: FakePostmark, address: str
) -> None:
    await mailing_stepped.ping(changed(ORDINARY, email=address))
    (row,) = await mailing_stepped.settled()
    assert (row.outcome, row.note) == ("fulfilled", None)
    assert [mail.message["To"] for mail in postmark.accepted] == [address]


@ON_SQLITE
@pytest.mark.parametrize("address", ["ada@[192.0.2.1]", '"ada, eve"@example.com', "a b@x.com"])
async def test_address_that_no_mailer_takes_fails_at_the_mail_with_its_license(
    mailing_stepped: Mintpost, postmark: FakePostmark, address: str
) -> None:
    await mailing_stepped.ping(changed(ORDINARY, email=address))
    (row,) = await mailing_stepped.settled()
    assert (row.outcome, row.error) == (
        "failed",
        (
            "no mail can be sent to the address of delivery 1: "
            f"correct it with `mintpost resend gumroad:{row.order_id} --to ADDRESS`"
        ),
    )
    assert [license_.email for license_ in await mailing_stepped.licenses()] == [address]
    assert postmark.accepted == []


@ON_SQLITE
async def test_sale_and_renewal_whose_address_has_invisible_characters_are_done(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.products, setup.mailer = TEAMS, mailer
    charged = days_ago(5)
    async with stepping(setup) as mailing:
        address = "\u200fada@exam\u00adple.com"
        await mailing.ping(sold_at(recorded("05"), days_ago(20), email=address))
        await mailing.settled()
        address = "ada@example.com\u00a0\ufeff"
        await mailing.ping(sold_at(recorded("06"), charged, email=address))
        charge, sale = await mailing.settled()
        assert [(row.outcome, row.note) for row in (sale, charge)] == [
            ("fulfilled", NOTE),
            ("renewed", NOTE),
        ]
        assert [mail.message["To"] for mail in postmark.accepted] == ["ada@example.com"] * 2
        (license_,) = await mailing.licenses()
        assert license_.expires_at == Term(months=1).end(charged)


def put_back(session: Session, by: timedelta) -> None:
    """Set the arrival of all rows back, as if the API's clock had been behind."""
    event = session.get_one(EventRow, 1)
    session.execute(update(EventRow).values(received_at=event.received_at - by))


async def test_api_whose_clock_is_days_behind_costs_no_sale(setup: Setup) -> None:
    sold_at = datetime.now(UTC).replace(microsecond=0)
    body = changed(ORDINARY, sale_timestamp=sold_at.isoformat())
    setup.with_worker = False
    async with running(setup) as mintpost:
        await mintpost.ping(body)
        await setup.database.write(put_back, DAYS)
        async with running_worker(setup, mintpost.products):
            (row,) = await mintpost.settled()
        assert (row.outcome, row.note) == ("fulfilled", BEHIND)
        (license_,) = await mintpost.licenses()
        assert license_.expires_at is not None
        assert timedelta(365) <= license_.expires_at - sold_at <= timedelta(366)


@ON_SQLITE
async def test_sale_that_failed_while_every_clock_was_behind_is_healed_by_a_reset(
    setup: Setup,
) -> None:
    # Our clocks are right, so a sale of next week stands for wrong clocks and a sale of now.
    ahead = datetime.now(UTC) + DAYS
    order = f"ahead-{setup.task_queue}"
    async with running(setup) as mintpost:
        await mintpost.ping(changed(ORDINARY, sale_id=order, sale_timestamp=ahead.isoformat()))
        (row,) = await mintpost.settled_and_named()
        assert row.outcome == "failed"
        assert await mintpost.licenses() == []
        await setup.database.write(put_back, -DAYS)
        await reset(mintpost.client, mintpost.run_of(order))
        await mintpost.run_of(order).result()
        (row,) = await mintpost.events()
        assert row.outcome == "fulfilled"


@ON_SQLITE
async def test_sale_of_the_far_future_gets_no_license_without_end(stepped: Mintpost) -> None:
    await stepped.ping(changed(ORDINARY, sale_timestamp="2126-09-01T12:00:05Z"))
    (row,) = await stepped.settled()
    assert (row.outcome, await stepped.licenses()) == ("failed", [])
    assert row.order_id == order_of(ORDINARY)


@ON_SQLITE
async def test_options_without_a_title_choose_their_entry_and_are_all_listed(setup: Setup) -> None:
    setup.products = """\
gumroad:
  - {product_id: "fEv7TDvUDEKb-yaNdbudow==", tier: core}
  - {product_id: "fEv7TDvUDEKb-yaNdbudow==", tier: pro, variant: {"": Pro}}
"""
    async with running(setup) as mintpost:
        await mintpost.ping(ORDINARY + b"&variants%5B%5D=Pro&variants%5B%5D=macOS")
        (row,) = await mintpost.settled()
        assert (row.outcome, [each.tier for each in await mintpost.licenses()]) == (
            "fulfilled",
            ["pro"],
        )
        assert '("": macOS)' in (row.note or "")
        (sale,) = await mintpost.database.read(list_sales, Filters())
        assert sale.variants == {"": "Pro, macOS"}
