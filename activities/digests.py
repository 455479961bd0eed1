"""The loop in the worker that mails the digests of alerts, because only the worker can mail."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from db.digests import (
    ClaimedDigest,
    claim_digests,
    drop_digests,
    end_digests,
    end_in_doubt,
    kept_digests,
)
from db.engine import Database
from domain.delivery import DeliveryStatus
from domain.digest import WRITTEN_ONLY
from domain.error_branches import MintpostError, PermanentError
from domain.errors import DeliveryInDoubtError
from kit.clock import Clock, utc_now
from kit.loop import BackgroundLoop, Pauses
from letters.digest import digest_email
from mailers.base import PATIENCE, EmailService, MailKind, Mark, Receipt, Safeguard

logger = logging.getLogger(__name__)

PAUSES = Pauses(
    idle=timedelta(seconds=5), shortest=timedelta(seconds=5), longest=timedelta(minutes=5)
)
KEPT = timedelta(days=1)
UNMAILABLE = (
    "OPERATOR_EMAIL: the mail provider takes no mail to it, so an alert was not mailed: "
    "correct OPERATOR_EMAIL, and start the worker again"
)


@dataclass(frozen=True, slots=True)
class DigestPatience:
    """`lease` outlasts a send. `visible` is how long a sent mail may be missing at a look-up."""

    send: timedelta = PATIENCE
    lease: timedelta = 2 * PATIENCE
    visible: timedelta = timedelta(minutes=5)


class DigestMailer(BackgroundLoop):
    """Mails all waiting digests as one mail. Without an operator it only removes old ones."""

    waits: ClassVar[str] = "no alert is mailed"
    recovered: ClassVar[str] = "alerts are mailed again"

    def __init__(
        self,
        database: Database,
        mailer: EmailService,
        operator: str | None,
        patience: DigestPatience | None = None,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(PAUSES)
        self.database = database
        self.mailer = mailer
        self.operator = operator
        self.patience = patience or DigestPatience()
        self.clock = clock

    @override
    async def run_once(self) -> str | None:
        kept = await self.database.read(kept_digests)
        if kept.oldest is not None and kept.oldest < self.clock() - KEPT:
            await self.database.write(drop_digests, self.clock() - KEPT)
        if self.operator is None or not kept.unmailed:
            return None
        claimed = await self.database.write(claim_digests, self.patience.lease)
        return None if claimed is None else await self._mail(claimed, self.operator)

    async def _mail(self, claimed: ClaimedDigest, to: str) -> str | None:
        """Mail the digests, unless an earlier attempt has. Return why they wait."""
        mark = Mark(claimed.id, claimed.reference, MailKind.DIGEST)
        note: str | None = None
        try:
            receipt = await self._found(claimed, mark)
            if receipt is None:
                email = digest_email(mark, to, claimed.subject, claimed.text)
                receipt = await self.mailer.send(email, self.patience.send)
            note = WRITTEN_ONLY if receipt.status is DeliveryStatus.LOGGED else None
        except DeliveryInDoubtError as error:
            await self.database.write(end_in_doubt, claimed, error.sentence)
            return error.sentence
        except PermanentError:
            logger.warning("%s", note := UNMAILABLE)
        except MintpostError as error:
            await self.database.write(end_digests, claimed, None, error.sentence)
            return error.sentence
        await self.database.write(end_digests, claimed, self.clock(), note)
        return None

    async def _found(self, claimed: ClaimedDigest, mark: Mark) -> Receipt | None:
        """Look up the mail of a doubtful attempt. Raises DeliveryInDoubtError while it may show."""
        if claimed.doubt is None or self.mailer.safeguard is not Safeguard.LOOK_UP:
            return None
        found = await self.mailer.find(mark, self.patience.send)
        if found is None and self.clock() < claimed.doubt + self.patience.visible:
            raise DeliveryInDoubtError(self.mailer.provider, "does not list the mail yet")
        return found
