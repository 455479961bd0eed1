"""Sends a delivery's e-mail, at most once unless the provider's list of mails is wrong."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from temporalio import activity
from typing_extensions import override

from activities.mail_times import measure_accepted
from db.deliveries import (
    SentMail,
    begin_attempt,
    end_attempt_in_doubt,
    end_attempt_unsent,
    record_sent,
    refuse_letter,
)
from db.engine import Database
from db.owed_emails import DoubtfulAttempt, OwedEmail, is_owed, load_owed_email
from db.signing_keys import require_not_revoked
from domain.error_branches import MintpostError, PermanentError, TransientError
from domain.errors import AddressMissingError, DeliveryInDoubtError, MailerAwayError
from domain.identifiers import order_reference
from kit.clock import Clock, utc_now
from kit.instruments import EMAILS
from letters.composing import Letters
from mailers.base import Email, EmailService, Mark, Receipt, Safeguard
from workflows.steps import EmailedLicense, EmailStep, LicenseToEmail

NOTHING = timedelta(0)
SOONEST = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class MailPatience:
    """The timeouts of one send, and the time to look for a mail in doubt after its attempt ended.

    `local` limits a send on the fast path, because its step must stay below the workflow task's
    10 s; it also limits each look-up. `visible` limits a send on the slow path: Postmark's own
    clients wait for a minute and more.
    """

    lookup: timedelta
    local: timedelta = timedelta(seconds=5)
    visible: timedelta = timedelta(seconds=30)

    def send(self, *, is_local: bool) -> timedelta:
        return self.local if is_local else self.visible

    def lease(self, *, is_local: bool) -> timedelta:
        """Return how long no other attempt may send.

        The lease starts after the send's own time does, and is longer. On the slow path it takes
        45 s, because a step that died is run again after 60 s.
        """
        return self.send(is_local=is_local) * 1.5

    def step(self, *, is_local: bool) -> float:
        """Return the seconds in which a step may send, because several mails share its time."""
        return self.lease(is_local=is_local).total_seconds()


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
        """Send each delivery's mail. Trouble with one address does not keep back another's mail."""
        statuses: list[str] = []
        trouble: dict[int, MintpostError] = {}
        until = monotonic() + self.patience.step(is_local=activity.info().is_local)
        for delivery_id in (letter.delivery_id, *letter.further_delivery_ids):
            if delivery_id in trouble:  # The mail that failed would have told this license too.
                continue
            tried = {delivery_id}
            try:
                statuses.append(await self.deliver(delivery_id, tried, until))
            except MintpostError as error:
                trouble |= dict.fromkeys(tried, error)
        if trouble:
            # While a retry may help one mail, no permanent error of another ends the step.
            raise min(trouble.values(), key=lambda error: isinstance(error, PermanentError))
        return EmailedLicense(statuses[0])

    async def deliver(self, delivery_id: int, tried: set[int], until: float) -> str:
        """Return the status of the mail that gave the license to the buyer.

        `tried` takes every delivery that the mail tells as well. `until` ends the step's time.
        """
        owed = await self.database.read(load_owed_email, delivery_id)
        tried.update(owed.delivery_ids)
        # This run sends the corrected delivery too, because a sale is done only when its buyer has
        # the license. The resend's run may try as well; the claim lets one of the two send.
        if owed.instead is not None:
            await self.look_for_withdrawn(owed)
            return await self.deliver(owed.instead, tried, until)
        if owed.done is not None:
            return owed.done
        if not owed.to:
            first = owed.licenses[0].license
            raise AddressMissingError(first.source, first.order_id)
        found = await self.look_up(owed)
        if found is not None and owed.doubt is not None:
            EMAILS.count("found")
            instead = await self.record(owed.doubt.delivery_id, found)
        else:
            found = await self.send(owed, until)
            EMAILS.count(found.status)
            instead = await self.record(owed.delivery_id, found)
            await measure_accepted(self.database, self.clock())
        if instead is None and owed.delivery_id == delivery_id:
            return found.status
        # A person may have corrected the address of the carried one alone.
        return await self.deliver(delivery_id, tried, until)

    async def record(self, delivery_id: int, receipt: Receipt) -> int | None:
        """Record the mail; return the delivery instead of it, if a person corrected the address."""
        sent = SentMail(receipt.status, self.mailer.provider, receipt.message_id, receipt.remark)
        return await self.database.write(record_sent, delivery_id, sent, self.clock())

    async def look_for_withdrawn(self, owed: OwedEmail) -> None:
        """Record on a withdrawn delivery that its mail was sent after all, if so."""
        if owed.doubt is None or self.mailer.safeguard is not Safeguard.LOOK_UP:
            return
        if activity.info().is_local and await self.database.read(is_owed, owed.delivery_id):
            # It has no time to look and to send. Later it ends, though the doubt may stay for ever.
            raise self.in_doubt(f"may have taken delivery {owed.doubt.delivery_id}", NOTHING)
        # The row says already that the mail may be out, and the right address must not wait.
        with suppress(MintpostError):
            found = await self.mailer.find(_mark(owed.doubt), self.patience.local)
            if found is not None:
                await self.record(owed.doubt.delivery_id, found)

    async def look_up(self, owed: OwedEmail) -> Receipt | None:
        """Return the mail that an attempt in doubt did send; None if a repetition is safe."""
        if owed.doubt is None:
            return None
        match self.mailer.safeguard:
            case Safeguard.LOOK_UP:
                return await self.find(owed, owed.doubt)
            case Safeguard.NONE:
                self.require_lease_over(owed, owed.doubt.ends_at)
        return None

    async def find(self, owed: OwedEmail, doubt: DoubtfulAttempt) -> Receipt | None:
        found = await self.mailer.find(_mark(doubt), self.patience.local)
        # The provider's list lags, so an absent mail is a proof only after some time.
        wait = doubt.ends_at + self.patience.lookup - owed.now
        # The fast path has no time to send after this look-up.
        if found is None and (wait > NOTHING or activity.info().is_local):
            raise self.in_doubt(f"may have taken delivery {doubt.delivery_id}", wait)
        return found

    def require_lease_over(self, owed: OwedEmail, ends_at: datetime) -> None:
        """Raise while the other attempt may still send, because no look-up would find its mail."""
        wait = ends_at - owed.now
        if wait > NOTHING:
            raise TransientError(
                f"{self.mailer.provider} may have taken delivery {owed.delivery_id} and cannot be "
                "asked; sending it again when the other attempt is surely over",
                retry_after=_next_look(wait),
            )

    def in_doubt(self, what: str, wait: timedelta) -> DeliveryInDoubtError:
        return DeliveryInDoubtError(self.mailer.provider, what, retry_after=_next_look(wait))

    async def send(self, owed: OwedEmail, until: float) -> Receipt:
        mail = await self.compose(owed)
        patience = self.patience.send(is_local=activity.info().is_local)
        deadline = min(monotonic() + patience.total_seconds(), until)
        attempt = await self.claim(owed)
        try:
            return await self.send_before(deadline, mail)
        except DeliveryInDoubtError as error:
            EMAILS.count("in_doubt")
            await self.database.write(
                end_attempt_in_doubt, owed.delivery_id, attempt, _words(error)
            )
            raise
        except MintpostError as error:
            error.name_sale(_order_of(owed))
            refused = isinstance(error, PermanentError)
            EMAILS.count("refused" if refused else "failed")
            await self.database.write(
                end_attempt_unsent, owed.delivery_id, attempt, refused=refused, words=_words(error)
            )
            raise

    async def send_before(self, deadline: float, mail: Email) -> Receipt:
        # The claim may have waited for the database, and that time counts.
        left = deadline - monotonic()
        if left <= 0:
            raise MailerAwayError(self.mailer.provider, "was not asked in time")
        return await self.mailer.send(mail, timedelta(seconds=left))

    async def compose(self, owed: OwedEmail) -> Email:
        # A person may have revoked the key since the worker started.
        await self.database.read(require_not_revoked, self.letters.signer.kid)
        try:
            return await asyncio.to_thread(self.letters.compose, owed, _mark(owed))
        except PermanentError as error:
            error.name_sale(_order_of(owed))
            await self.database.write(refuse_letter, owed.delivery_id, owed.others, _words(error))
            raise

    async def claim(self, owed: OwedEmail) -> datetime:
        """Claim the delivery for this attempt. DeliveryInDoubtError: another was quicker."""
        lease = self.patience.lease(is_local=activity.info().is_local)
        attempt = await self.database.write(
            begin_attempt, owed.delivery_id, owed.seen, lease, owed.others
        )
        if attempt is None:
            what = f"is being given delivery {owed.delivery_id} by another attempt"
            raise self.in_doubt(what, lease)
        return attempt


def _next_look(wait: timedelta) -> timedelta:
    # The pauses grow, because the chance to find the mail falls.
    apart = timedelta(seconds=min(2 ** min(activity.info().attempt, 6), 60))
    return max(min(apart, wait), SOONEST)


def _mark(mail: OwedEmail | DoubtfulAttempt) -> Mark:
    return Mark(mail.delivery_id, mail.reference)


def _order_of(owed: OwedEmail) -> str:
    license_ = owed.licenses[0].license
    return order_reference(license_.source, license_.order_id)


def _words(error: MintpostError) -> str:
    return error.detail or error.sentence
