"""A mail in doubt is looked up, with growing pauses, before it is sent again."""

from datetime import timedelta

import pytest

from activities.email import MailPatience
from domain.errors import DeliveryInDoubtError
from fakes.postmark import FakePostmark
from tests.activities.attempts import Attempts, methods

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
async def test_looks_come_further_and_further_apart_up_to_a_minute(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await attempts.died(lease=-HOUR)
    waits = []
    for number in (1, 2, 3, 4, 5, 6, 7, 10_000):
        with pytest.raises(DeliveryInDoubtError) as caught:
            await attempts.attempt(MailPatience(lookup=2 * HOUR), number)
        waits.append(caught.value.retry_after)

    assert waits == [seconds * SECOND for seconds in (2, 4, 8, 16, 32, 60, 60, 60)]
    assert methods(postmark) == ["GET"] * 8


@ON_SQLITE
async def test_last_look_comes_when_the_time_for_looking_ends(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await attempts.died(lease=-HOUR)

    with pytest.raises(DeliveryInDoubtError) as caught:
        await attempts.attempt(MailPatience(lookup=HOUR + 30 * SECOND), 7)

    assert caught.value.retry_after is not None
    assert timedelta(0) < caught.value.retry_after <= 30 * SECOND
    assert methods(postmark) == ["GET"]


@ON_SQLITE
async def test_mail_that_was_not_found_in_all_that_time_is_sent_after_one_more_look(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await attempts.died(lease=-HOUR)

    assert await attempts.attempt(MailPatience(lookup=HOUR)) == "accepted"
    assert methods(postmark) == ["GET", "POST"]


@ON_SQLITE
async def test_fast_path_has_no_time_to_send_after_a_look(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await attempts.died(lease=-HOUR)

    with pytest.raises(DeliveryInDoubtError):
        await attempts.attempt(MailPatience(lookup=HOUR), is_local=True)

    assert methods(postmark) == ["GET"]
