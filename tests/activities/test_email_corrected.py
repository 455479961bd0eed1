"""A person corrects the address while the mail is in doubt."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
from typing_extensions import override

from activities.email import MailPatience
from db.resends import NewResend, ask_resends
from db.views.lists import DeliveryLine, Filters, list_deliveries
from domain.delivery import DeliveryStatus
from domain.errors import DeliveryInDoubtError
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT_AND_DROP
from mailers.base import PATIENCE, Email, EmailService, Mark, Receipt, Safeguard
from tests.activities.attempts import Attempts, methods
from tests.db.rows import BUYER, NOON

HOUR = timedelta(hours=1)
PATIENT = MailPatience(lookup=2 * HOUR)
RIGHT = "ada.right@example.com"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def correct(attempts: Attempts) -> None:
    said = NewResend("gumroad", "order-1", RIGHT, "operator", None)
    await attempts.database.write(ask_resends, said, NOON)


async def lines(attempts: Attempts) -> list[DeliveryLine]:
    return (await attempts.database.read(list_deliveries, Filters()))[::-1]


def receivers(postmark: FakePostmark) -> list[str]:
    return [mail.message["To"] for mail in postmark.accepted]


async def test_mail_that_went_to_the_old_address_is_told_and_the_right_one_has_its_own(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    postmark.reactions.append(ACCEPT_AND_DROP)
    with pytest.raises(DeliveryInDoubtError):
        await attempts.attempt(PATIENT)
    await correct(attempts)

    assert await attempts.attempt(PATIENT) == "accepted"
    old, right = await lines(attempts)
    assert (old.status, old.to) == ("accepted", BUYER)
    assert (right.status, right.to) == ("accepted", RIGHT)
    assert receivers(postmark) == [BUYER, RIGHT]
    assert [old.message_id, right.message_id] == [mail.message_id for mail in postmark.accepted]


@ON_SQLITE
async def test_right_address_does_not_wait_for_the_old_ones_look_up(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await attempts.died(HOUR)
    await correct(attempts)

    assert await attempts.attempt(PATIENT) == "accepted"
    old, _ = await lines(attempts)
    assert (old.status, old.message_id) == ("withdrawn", None)
    assert "may have gone" in (old.error or "")
    assert receivers(postmark) == [RIGHT]


class Unlisted(EmailService):
    """A mailer whose provider takes every mail and offers no look-up."""

    provider: ClassVar[str] = "fake"
    safeguard: ClassVar[Safeguard] = Safeguard.LOOK_UP

    @override
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt:
        return Receipt(DeliveryStatus.ACCEPTED, email.to)

    @override
    async def find(self, mark: Mark, patience: timedelta = PATIENCE) -> Receipt | None:
        raise DeliveryInDoubtError(self.provider, "gave no answer")

    @override
    async def aclose(self) -> None:
        pass


@ON_SQLITE
async def test_look_up_that_fails_holds_up_nothing(attempts: Attempts) -> None:
    await attempts.died(HOUR)
    await correct(attempts)

    assert await replace(attempts, mailer=Unlisted()).attempt(PATIENT) == "accepted"
    old, right = await lines(attempts)
    assert (old.status, right.message_id) == ("withdrawn", RIGHT)


@ON_SQLITE
async def test_fast_path_leaves_the_look_up_to_the_visible_one(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await attempts.died(HOUR)
    await correct(attempts)

    with pytest.raises(DeliveryInDoubtError):
        await attempts.attempt(PATIENT, is_local=True)
    assert methods(postmark) == []


@ON_SQLITE
async def test_fast_path_ends_once_the_right_address_has_its_mail(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    """The withdrawn mail stays in doubt, because it never went; the run must end all the same."""
    await attempts.died(HOUR)
    await correct(attempts)
    await attempts.attempt(PATIENT)

    assert await attempts.attempt(PATIENT, is_local=True) == "accepted"
    await correct(attempts)  # Once more, so that the first correction is withdrawn or sent.
    await attempts.attempt(PATIENT)
    assert await attempts.attempt(PATIENT, is_local=True) == "accepted"
    assert receivers(postmark) == [RIGHT, RIGHT]


@ON_SQLITE
async def test_withdrawn_mail_that_was_never_tried_is_not_looked_up(
    attempts: Attempts, postmark: FakePostmark
) -> None:
    await correct(attempts)

    assert await attempts.attempt(PATIENT, is_local=True) == "accepted"
    assert methods(postmark) == ["POST"]
    assert receivers(postmark) == [RIGHT]
