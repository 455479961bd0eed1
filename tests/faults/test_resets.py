"""A sale is reset while it runs, when it failed and when it is done: one license, one mail."""

from datetime import timedelta

import pytest

from activities.email import MailPatience
from db.clock import utc_now
from db.resends import NewResend, ask_resends
from tests.mailers.fake_postmark import ACCEPT, ACCEPT_AND_HANG, HANG, FakePostmark, refuse
from tests.support.pings import order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import reset
from tests.support.waiting import until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)
SECOND = timedelta(seconds=1)
DOWN = refuse(503, 100)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def asked_visibly(postmark: FakePostmark) -> None:
    """Wait for the attempt after the fast path's: there is nothing to reset to before."""

    async def has_come() -> bool | None:
        return len(postmark.requests) > 1 or None

    await until(has_come, "the provider was asked twice")


async def reset_and_done(mintpost: Mintpost) -> None:
    await reset(mintpost.client, mintpost.run_of(ORDER))
    await mintpost.run_of(ORDER).result()


@ON_POSTGRES
async def test_reset_while_the_mail_leaves_sends_no_second_one(
    mailing: Setup, postmark: FakePostmark
) -> None:
    mailing.patience = MailPatience(lookup=2 * SECOND, local=2 * SECOND, visible=2 * SECOND)
    postmark.reactions.extend([DOWN, ACCEPT_AND_HANG])
    async with running(mailing) as mintpost:
        await mintpost.ping(ORDINARY)
        await asked_visibly(postmark)
        await reset_and_done(mintpost)
        (delivery,) = await mintpost.deliveries()
    assert [mail.message_id for mail in postmark.accepted] == [delivery.message_id]
    assert len(await mintpost.licenses()) == 1


@ON_POSTGRES
async def test_reset_while_nothing_is_known_of_the_mail_waits_for_the_other_attempt(
    mailing: Setup, postmark: FakePostmark
) -> None:
    mailing.patience = MailPatience(lookup=SECOND, local=2 * SECOND, visible=2 * SECOND)
    postmark.reactions.extend([DOWN, HANG])
    async with running(mailing) as mintpost:
        await mintpost.ping(ORDINARY)
        await asked_visibly(postmark)
        await reset_and_done(mintpost)
    posts = [request for request in postmark.requests if request.method == "POST"]
    assert len(posts) == 3
    assert len(postmark.accepted) == 1


async def test_reset_of_a_failed_sale_that_a_person_mailed_elsewhere_mails_nothing(
    mailing: Setup, postmark: FakePostmark
) -> None:
    postmark.default = refuse(422, 406)
    async with running(mailing) as mintpost:
        await mintpost.ping(ORDINARY)
        await mintpost.settled()
        postmark.default = ACCEPT
        elsewhere = NewResend("gumroad", ORDER, "ada.right@example.com", "operator", None)
        await mintpost.database.run(ask_resends, elsewhere, utc_now())

        async def mailed() -> bool | None:
            return bool(postmark.accepted) or None

        await until(mailed, "the resend is mailed")
        await reset_and_done(mintpost)
        await reset_and_done(mintpost)
    assert [mail.message["To"] for mail in postmark.accepted] == ["ada.right@example.com"]
    assert len(await mintpost.licenses()) == 1
