"""A correction wins over everything of the sale that waits or comes later."""

import pytest

from db.resends import NewResend, ask_resends
from db.views.lists import DeliveryLine, EventLine
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, Reaction, Request, refuse
from kit.clock import utc_now
from mailers.postmark.service import PostmarkEmailService
from operations.resend import resend
from tests.fulfillment.corrected import (
    MAPPED,
    MONTHLY,
    RIGHT,
    UNMAPPED,
    WRONG,
    receivers,
    sale,
    settled,
)
from tests.support.asking import wish
from tests.support.lives import days_ago, sold_at
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import reset
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WRONG_TOKEN = refuse(401, 10)


async def correct(mintpost: Mintpost, order: str, to: str = RIGHT) -> list[int]:
    return await resend(mintpost.database, wish(order, to, "she wrote"))


async def statuses(mintpost: Mintpost) -> dict[str, str]:
    return {each.reason: each.status for each in await mintpost.deliveries()}


async def accepted(mintpost: Mintpost, reason: str) -> DeliveryLine:
    async def is_accepted() -> DeliveryLine | None:
        found = await mintpost.deliveries()
        told = [each for each in found if each.reason == reason and each.status == "accepted"]
        return told[0] if told else None

    return await until(is_accepted, f"{reason} is accepted")


@ON_SQLITE
async def test_mail_that_waits_goes_to_the_corrected_address_alone(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = WRONG_TOKEN
    await mailing.ping(sale(order))
    await mailing.parked()
    await mailing.pending(order, "email")
    await correct(mailing, order)
    # Nothing is fulfilled while the buyer has no mail.
    assert [event.outcome for event in await mailing.events(order)] == ["applied", None]
    postmark.default = ACCEPT
    (event,) = await settled(mailing)
    await mailing.run_of(order).result()
    assert receivers(postmark) == [RIGHT]
    assert (event.outcome, event.error) == ("fulfilled", None)
    assert await statuses(mailing) == {"sale": "withdrawn", "resend:1": "accepted"}


@ON_SQLITE
async def test_corrected_mail_goes_out_by_the_sales_own_run_where_its_own_was_ended(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = WRONG_TOKEN
    await mailing.ping(sale(order))
    await mailing.pending(order, "email")
    await correct(mailing, order)
    await mailing.pending(f"{order}:resend:1", "email")
    await mailing.run_of(f"{order}:resend:1").terminate()
    postmark.default = ACCEPT
    (event,) = await settled(mailing)
    assert event.outcome == "fulfilled"
    assert receivers(postmark) == [RIGHT]


@ON_SQLITE
async def test_correction_of_a_correction_that_waits_mails_the_last_alone(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = WRONG_TOKEN
    await mailing.ping(sale(order))
    await mailing.pending(order, "email")
    await correct(mailing, order, "ada.wrong.again@example.com")
    await mailing.pending(f"{order}:resend:1", "email")
    await correct(mailing, order)
    postmark.default = ACCEPT
    await settled(mailing)
    assert receivers(postmark) == [RIGHT]


@ON_SQLITE
async def test_refused_address_that_was_corrected_is_not_mailed_by_a_reset(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = refuse(422, 406)
    await mailing.ping(sale(order))
    await settled(mailing)
    postmark.default = WRONG_TOKEN
    await correct(mailing, order)
    await reset(mailing.client, mailing.run_of(order))
    await mailing.pending(order, "email")
    postmark.default = ACCEPT
    await mailing.run_of(order).result()
    assert receivers(postmark) == [RIGHT]


@ON_SQLITE
async def test_mail_that_left_before_the_correction_is_told_and_the_right_address_has_its_own(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark, order: str
) -> None:
    setup.mailer = mailer
    async with running(setup) as mailing:

        async def meanwhile(_: Request) -> None:
            new = NewResend("gumroad", order, RIGHT, "operator", None)
            await mailing.database.write(ask_resends, new, utc_now())

        postmark.reactions.append(Reaction(kept=True, meanwhile=meanwhile))
        await mailing.ping(sale(order))
        right = await accepted(mailing, "resend:1")
        old = await accepted(mailing, "sale")
        await mailing.run_of(order).result()
    assert (old.to, right.to) == (WRONG, RIGHT)
    assert receivers(postmark) == [WRONG, RIGHT]


@ON_SQLITE
async def test_charge_that_waits_goes_to_the_corrected_address_and_ends_renewed(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark, order: str
) -> None:
    setup.mailer, setup.products = mailer, MONTHLY
    charge = changed(recorded("06"), subscription_id=order, email=WRONG)
    async with running(setup) as mailing:
        await mailing.ping(
            sold_at(recorded("05"), days_ago(20), sale_id=order, subscription_id=order)
        )
        await settled(mailing)
        postmark.default = WRONG_TOKEN
        await mailing.ping(sold_at(charge, days_ago(15), sale_id="2" + order))
        await mailing.pending("2" + order, "email")
        await correct(mailing, order)
        postmark.default = ACCEPT
        second, _ = await settled(mailing)
        # The next month's charge repeats the mistyped address.
        await mailing.ping(sold_at(charge, days_ago(10), sale_id="3" + order))
        third = (await settled(mailing))[0]
        third_address = {"sale_id": "4" + order, "email": "ada.third@example.com"}
        await mailing.ping(sold_at(charge, days_ago(5), **third_address))
        fourth = (await settled(mailing))[0]
        (license_,) = await mailing.licenses()
    assert [second.outcome, third.outcome, third.note] == [
        "renewed",
        "renewed",
        "the license goes to the address that a person gave instead",
    ]
    assert fourth.note == (
        "the license goes to the address that a person gave instead, though this charge names "
        f"another address: `mintpost resend gumroad:4{order} --to`"
    )
    assert license_.email == RIGHT
    assert receivers(postmark) == [WRONG, RIGHT, RIGHT, RIGHT]


@ON_SQLITE
async def test_correction_of_a_parked_sale_is_kept_for_its_license(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await mailing.ping(sale(order, product_id=UNMAPPED))
    await mailing.parked()
    assert await correct(mailing, order) == []
    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    (event,) = await settled(mailing)
    (license_,) = await mailing.licenses()
    assert receivers(postmark) == [license_.email] == [RIGHT]
    assert (event.outcome, event.note) == (
        "fulfilled",
        "the license goes to the address that a person gave instead",
    )


@ON_SQLITE
async def test_correction_of_a_sale_that_could_not_be_read_is_kept_for_its_next_copy(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await mailing.ping(sale(order, quantity="many"))
    await settled(mailing)
    assert await correct(mailing, order) == []
    await mailing.ping(sale(order))
    await ended(mailing, "fulfilled")
    assert receivers(postmark) == [RIGHT]


async def ended(mintpost: Mintpost, outcome: str) -> EventLine:
    async def newest() -> EventLine | None:
        found = (await settled(mintpost))[0]
        return found if found.outcome == outcome else None

    return await until(newest, f"the newest event ends {outcome}")


@pytest.mark.parametrize("named", ["before", "after"])
async def test_correction_beats_every_copy_of_the_order(
    mailing: Mintpost, postmark: FakePostmark, order: str, named: str
) -> None:
    copy = sale(order, product_id=UNMAPPED, email="ada.gumroad@example.com")
    await mailing.ping(sale(order, product_id=UNMAPPED))
    await mailing.parked()
    if named == "before":
        await correct(mailing, order)
    await mailing.ping(copy)
    if named == "after":
        await correct(mailing, order)
    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    notes = [event.note or "" for event in await settled(mailing)]
    assert receivers(postmark) == [RIGHT]
    assert "the license goes to the address that a person gave instead" in notes[0]
    assert "this copy carries another address" in notes[1]
