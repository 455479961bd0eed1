"""Leases: no attempt sends while another attempt may send, with any time for look-ups."""

from datetime import datetime, timedelta

import pytest

from activities.email import MailPatience
from domain.errors import DeliveryInDoubtError, MailerAwayError
from fakes.postmark import FakePostmark
from fakes.reactions import HANG, Reaction, Request
from tests.activities.attempts import Attempts, hanging, methods
from tests.support.waiting import until

NOTHING = timedelta(0)
TENTH = timedelta(milliseconds=100)


@pytest.mark.parametrize("is_local", [True, False])
async def test_attempt_sends_nothing_while_another_one_hangs(
    attempts: Attempts, postmark: FakePostmark, *, is_local: bool
) -> None:
    postmark.reactions.append(HANG)
    patience = MailPatience(lookup=NOTHING)

    async with hanging(attempts, postmark, patience):
        for number in (1, 2):
            with pytest.raises(DeliveryInDoubtError):
                await attempts.attempt(patience, number, is_local=is_local)

        assert methods(postmark) == ["POST", "GET", "GET"]


async def test_mail_is_sent_again_when_lease_and_look_up_are_over_and_never_before(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    asked_at: list[datetime] = []

    async def look_at_the_clock(_: Request) -> None:
        asked_at.append((await attempts.letter()).now)

    patience = MailPatience(lookup=3 * TENTH)
    dead_until = await attempts.died(lease=3 * TENTH)
    postmark.reactions.append(Reaction(kept=True, meanwhile=look_at_the_clock))

    async def sent() -> str | None:
        try:
            return await attempts.attempt(patience)
        except DeliveryInDoubtError:
            return None

    assert await until(sent, "the mail is sent") == "accepted"
    (moment,) = asked_at
    assert moment >= dead_until + patience.lookup


@pytest.mark.parametrize(
    ("is_local", "patience"),
    [
        (False, MailPatience(lookup=NOTHING, visible=NOTHING)),
        (True, MailPatience(lookup=NOTHING, local=NOTHING)),
    ],
)
async def test_attempt_whose_claim_took_all_its_time_sends_nothing(
    attempts: Attempts, postmark: FakePostmark, patience: MailPatience, *, is_local: bool
) -> None:
    with pytest.raises(MailerAwayError, match="was not asked in time"):
        await attempts.attempt(patience, is_local=is_local)

    assert postmark.requests == []
    assert (await attempts.letter()).seen is None


@pytest.mark.parametrize(("is_local", "longest"), [(False, 45), (True, 7.5)])
async def test_the_lease_of_an_attempt_is_that_of_its_path(
    attempts: Attempts, postmark: FakePostmark, longest: float, *, is_local: bool
) -> None:
    leases: list[timedelta] = []

    async def look_at_the_lease(_: Request) -> None:
        owed = await attempts.letter()
        assert owed.seen is not None
        leases.append(owed.seen - owed.now)

    postmark.reactions.append(Reaction(kept=True, meanwhile=look_at_the_lease))
    await attempts.attempt(MailPatience(lookup=NOTHING), is_local=is_local)

    (lease,) = leases
    assert timedelta(seconds=longest / 3) < lease <= timedelta(seconds=longest)
