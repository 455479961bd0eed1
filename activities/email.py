"""Sends the e-mail that a delivery owes: at most once, as far as the provider lets us know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import activity
from typing_extensions import override

from activities.letters import Letters
from db.clock import Clock, utc_now
from db.deliveries import (
    Letter,
    begin_attempt,
    end_attempt_unsent,
    load_letter,
    note_doubt,
    record_sent,
    refuse_delivery,
)
from db.engine import Database
from domain.errors import DeliveryInDoubtError, MintpostError, PermanentError
from mailers.base import Email, EmailService, Receipt
from workflows.steps import EmailedLicense, EmailStep, LicenseToEmail


@dataclass(frozen=True, slots=True)
class MailPatience:
    """How long a whole send may take, and how long a doubtful one is looked for after that.

    `local` is for the fast path, whose step must stay below the workflow task's 10 s;
    `visible` for the other one: Postmark's own clients wait for a minute and more.
    """

    lookup: timedelta
    local: timedelta = timedelta(seconds=5)
    visible: timedelta = timedelta(seconds=30)


class EmailLicense(EmailStep):
    def __init__(
        self,
        database: Database,
        mailer: EmailService,
        letters: Letters,
        patience: MailPatience,
        clock: Clock = utc_now,
    ) -> None:
        self.database = database
        self.mailer = mailer
        self.letters = letters
        self.patience = patience
        self.clock = clock

    @override
    @activity.defn
    async def email(self, letter: LicenseToEmail) -> EmailedLicense:
        owed = await self.database.read(load_letter, letter.delivery_id)
        if owed.done is not None:
            return EmailedLicense(owed.done)
        receipt = await self.look_up(owed) or await self.send(owed)
        await self.database.run(
            record_sent,
            owed.delivery_id,
            status=receipt.status,
            provider=self.mailer.provider,
            message_id=receipt.message_id,
            remark=receipt.remark,
            now=self.clock(),
        )
        return EmailedLicense(receipt.status)

    async def look_up(self, owed: Letter) -> Receipt | None:
        """Return what an earlier attempt of unknown end did send; None when it may be repeated."""
        if owed.sending_since is None or not self.mailer.can_look_up:
            return None
        receipt = await self.mailer.find(owed.delivery_id)
        # A listing lags behind the sending: not found is no proof until enough time has gone.
        elapsed = self.clock() - owed.sending_since
        if receipt is None and elapsed < self.patience.visible + self.patience.lookup:
            raise DeliveryInDoubtError(
                self.mailer.provider,
                f"may have taken delivery {owed.delivery_id} and does not list it yet",
                # Further and further apart, as the chance to find it falls.
                retry_after=min(max(elapsed / 2, timedelta(seconds=1)), timedelta(minutes=1)),
            )
        return receipt

    async def send(self, owed: Letter) -> Receipt:
        mail = await self.compose(owed)
        claimed_at = await self.claim(owed)
        try:
            return await self.mailer.send(mail, self.patience_now())
        except DeliveryInDoubtError as error:
            await self.database.run(note_doubt, owed.delivery_id, _words(error))
            raise
        except MintpostError as error:
            refused = isinstance(error, PermanentError)
            await self.database.run(
                end_attempt_unsent,
                owed.delivery_id,
                claimed_at,
                refused=refused,
                words=_words(error),
            )
            raise

    def patience_now(self) -> timedelta:
        return self.patience.local if activity.info().is_local else self.patience.visible

    async def compose(self, owed: Letter) -> Email:
        try:
            return self.letters.compose(owed)
        except PermanentError as error:
            await self.database.run(refuse_delivery, owed.delivery_id, _words(error))
            raise

    async def claim(self, owed: Letter) -> datetime:
        """Commit that a mail is about to leave. A slower attempt finds that out here."""
        now = self.clock()
        if await self.database.run(begin_attempt, owed.delivery_id, owed.sending_since, now):
            return now
        raise DeliveryInDoubtError(
            self.mailer.provider,
            f"is being given delivery {owed.delivery_id} by another attempt",
        )


def _words(error: MintpostError) -> str:
    return error.detail or error.sentence
