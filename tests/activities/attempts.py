"""Attempts at one e-mail without a workflow, so that a test can stop, kill and number them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from temporalio.testing import ActivityEnvironment

from activities.email import EmailLicense, MailPatience
from db.deliveries import begin_attempt
from db.engine import Database
from db.owed_emails import OwedEmail, load_owed_email
from fakes.postmark import FakePostmark
from letters.composing import Letters
from mailers.base import EmailService
from tests.support.waiting import until
from workflows.steps import LicenseToEmail


@dataclass(frozen=True, slots=True)
class Attempts:
    database: Database
    letters: Letters
    mailer: EmailService
    delivery_id: int

    async def attempt(
        self, patience: MailPatience, number: int = 1, *, is_local: bool = False
    ) -> str:
        """Run the step; return the status of the mail."""
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, attempt=number, is_local=is_local)
        step = EmailLicense(self.database, self.mailer, self.letters, patience)
        emailed = await environment.run(step.email, LicenseToEmail(1, self.delivery_id))
        return emailed.status

    async def died(self, lease: timedelta) -> datetime:
        """Claim the delivery, as an attempt that then died did; return the end of the lease."""
        ends_at = await self.database.write(begin_attempt, self.delivery_id, None, lease)
        assert ends_at is not None
        return ends_at

    async def letter(self) -> OwedEmail:
        return await self.database.read(load_owed_email, self.delivery_id)


@asynccontextmanager
async def hanging(
    attempts: Attempts, postmark: FakePostmark, patience: MailPatience
) -> AsyncIterator[None]:
    """Start an attempt whose provider does not answer, and kill the attempt in the end."""
    attempt = asyncio.create_task(attempts.attempt(patience))

    async def has_come() -> bool | None:
        return bool(postmark.requests) or None

    await until(has_come, "the provider has the mail")
    yield
    assert not attempt.done()
    attempt.cancel()
    await asyncio.gather(attempt, return_exceptions=True)


def methods(postmark: FakePostmark) -> list[str]:
    return [request.method for request in postmark.requests]
