"""Mails in doubt at a provider without look-up: an idempotency key, or at least once."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
from typing_extensions import override

from activities.email import MailPatience
from domain.delivery import DeliveryStatus
from domain.error_branches import TransientError
from domain.errors import DeliveryInDoubtError
from mailers.base import PATIENCE, Email, EmailService, Mark, Receipt, Safeguard
from tests.activities.attempts import Attempts

# Longer than any test, so that no test can pass by a look-up.
PATIENT = MailPatience(lookup=timedelta(hours=1))
LEASE = timedelta(minutes=1)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_EACH_PATH = pytest.mark.parametrize("is_local", [True, False])


class LosingAnswer(EmailService):
    """A mailer whose provider takes every mail, and whose first answer is lost."""

    provider: ClassVar[str] = "fake"

    def __init__(self) -> None:
        self.marks: list[Mark] = []

    @override
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt:
        self.marks.append(email.mark)
        if len(self.marks) == 1:
            raise DeliveryInDoubtError(self.provider, "gave no answer")
        return Receipt(DeliveryStatus.ACCEPTED, f"m-{len(self.marks)}")

    @override
    async def aclose(self) -> None:
        pass


class Keyed(LosingAnswer):
    safeguard: ClassVar[Safeguard] = Safeguard.IDEMPOTENCY_KEY


class Unguarded(LosingAnswer):
    safeguard: ClassVar[Safeguard] = Safeguard.NONE


@ON_SQLITE
@ON_EACH_PATH
@pytest.mark.parametrize("kind", [Keyed, Unguarded])
async def test_mail_is_sent_again_at_once_under_its_mark_when_the_doubtful_attempt_is_over(
    attempts: Attempts, kind: type[LosingAnswer], *, is_local: bool
) -> None:
    mailer = kind()
    attempts = replace(attempts, mailer=mailer)
    with pytest.raises(DeliveryInDoubtError):
        await attempts.attempt(PATIENT)

    assert await attempts.attempt(PATIENT, is_local=is_local) == "accepted"
    first, second = mailer.marks
    assert first == second
    assert first.delivery_id == attempts.delivery_id


@ON_SQLITE
@ON_EACH_PATH
async def test_key_needs_no_waiting_for_an_attempt_that_died(
    attempts: Attempts, *, is_local: bool
) -> None:
    mailer = Keyed()
    mailer.marks.append(Mark(attempts.delivery_id, (await attempts.letter()).reference))
    await attempts.died(LEASE)

    status = await replace(attempts, mailer=mailer).attempt(PATIENT, is_local=is_local)

    assert status == "accepted"
    assert mailer.marks[0] == mailer.marks[1]


@ON_SQLITE
@ON_EACH_PATH
async def test_with_neither_the_lease_of_an_attempt_that_died_is_waited_for(
    attempts: Attempts, *, is_local: bool
) -> None:
    mailer = Unguarded()
    await attempts.died(LEASE)

    with pytest.raises(TransientError, match="cannot be asked") as caught:
        await replace(attempts, mailer=mailer).attempt(PATIENT, 7, is_local=is_local)

    assert mailer.marks == []
    assert caught.value.retry_after is not None
    assert timedelta(0) < caught.value.retry_after <= LEASE
