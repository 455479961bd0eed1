"""A sale is reset while it runs, after it failed and after it is done: one license, one mail."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from activities.email import MailPatience
from db.resends import NewResend, ask_resends
from fakes.postmark import Accepted, FakePostmark
from fakes.reactions import ACCEPT, Reaction, Request, refuse
from kit.clock import utc_now
from tests.support.pings import order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import reset
from tests.support.waiting import PATIENCE_SECONDS, until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)
# The mail hangs until the test releases it, however slow the machine is.
NO_DEADLINE = MailPatience(lookup=timedelta(0), visible=timedelta(seconds=2 * PATIENCE_SECONDS))
DOWN = refuse(503, 100)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class HeldMail:
    """A mail that the provider does not answer until its release; then the answer is lost."""

    def __init__(self, postmark: FakePostmark, *, kept: bool) -> None:
        self.postmark = postmark
        self.kept = kept
        self.came = asyncio.Event()
        self.let_go = asyncio.Event()

    @property
    def reaction(self) -> Reaction:
        return Reaction(kept=False, end="close", meanwhile=self.hold)

    async def hold(self, request: Request) -> None:
        if self.kept:
            mail = Accepted("held-1", json.loads(request.body), datetime.now(UTC))
            self.postmark.accepted.append(mail)
        self.came.set()
        await self.let_go.wait()


@asynccontextmanager
async def reset_while_held(mintpost: Mintpost, held: HeldMail) -> AsyncIterator[None]:
    """Reset the sale while its mail is held, then release the mail and wait for the sale's end.

    The held attempt is on the slow path: before that, no event exists to reset to.
    """
    await mintpost.ping(ORDINARY)
    await asyncio.wait_for(held.came.wait(), PATIENCE_SECONDS)
    try:
        await reset(mintpost.client, mintpost.run_of(ORDER))
        yield
    finally:
        held.let_go.set()
    await mintpost.run_of(ORDER).result()


async def reset_and_done(mintpost: Mintpost) -> None:
    await reset(mintpost.client, mintpost.run_of(ORDER))
    await mintpost.run_of(ORDER).result()


def posts_to(postmark: FakePostmark) -> int:
    return sum(request.method == "POST" for request in postmark.requests)


@ON_POSTGRES
async def test_reset_while_the_mail_leaves_sends_no_second_one(
    mailing: Setup, postmark: FakePostmark
) -> None:
    mailing.patience = NO_DEADLINE
    held = HeldMail(postmark, kept=True)
    postmark.reactions.extend([DOWN, held.reaction])
    async with running(mailing) as mintpost:
        async with reset_while_held(mintpost, held):
            # The first attempt still waits for its answer.
            await mintpost.run_of(ORDER).result()
        (delivery,) = await mintpost.deliveries()
    assert [mail.message_id for mail in postmark.accepted] == [delivery.message_id]
    assert posts_to(postmark) == 2
    assert len(await mintpost.licenses()) == 1


@ON_POSTGRES
async def test_reset_while_nothing_is_known_of_the_mail_waits_for_the_other_attempt(
    mailing: Setup, postmark: FakePostmark
) -> None:
    mailing.patience = NO_DEADLINE
    held = HeldMail(postmark, kept=False)
    postmark.reactions.extend([DOWN, held.reaction])
    async with running(mailing) as mintpost, reset_while_held(mintpost, held):
        await mintpost.pending(ORDER, "email", "may have taken delivery")
        assert posts_to(postmark) == 2
    assert posts_to(postmark) == 3
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
        await mintpost.database.write(ask_resends, elsewhere, utc_now())

        async def mailed() -> bool | None:
            return bool(postmark.accepted) or None

        await until(mailed, "the resend is mailed")
        await reset_and_done(mintpost)
        await reset_and_done(mintpost)
    assert [mail.message["To"] for mail in postmark.accepted] == ["ada.right@example.com"]
    assert len(await mintpost.licenses()) == 1
