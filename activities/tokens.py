"""The loop in the worker that signs the current token of each license after each change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import ClassVar, TypeVar

from sqlalchemy.orm import Session
from typing_extensions import override

from db.engine import Database
from db.signing_keys import require_not_revoked
from db.tokens import (
    StoredToken,
    changed_since,
    clear_tokens,
    has_unsigned,
    sign_unsigned,
    signed_by,
    stored_tokens,
    tokens_of_others,
)
from domain.errors import SigningKeyRevokedError
from kit.clock import Clock, utc_now
from kit.loop import BackgroundLoop, Pauses
from licensing.signing import Signer

logger = logging.getLogger(__name__)

REST = 3
"""After each transaction the loop rests for so many times its length, so that sales can write."""

LATELY = timedelta(days=7)
"""Within so long after the first new worker, the last worker of an older version has ended."""

MANY = 1000
"""So many at once are worth a line in the log."""

T = TypeVar("T")

Rest = Callable[[float], Awaitable[None]]


class TokenSigner(BackgroundLoop):
    """Signs licenses that have no token.

    At start it takes back tokens of another key or issuer, and those that are older than their
    licenses: a worker of a version without tokens, which ran beside this one, left them.

    Commands change licenses in processes of their own, so the loop looks without being woken too.
    """

    waits: ClassVar[str] = "apps get no current token of new and changed licenses"
    recovered: ClassVar[str] = "tokens are signed again"

    def __init__(
        self,
        database: Database,
        signer: Signer,
        pauses: Pauses | None = None,
        rest: Rest = asyncio.sleep,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(pauses)
        self.clock = clock
        self.database = database
        self.signer = signer
        self.signed_by = signed_by(signer.kid, signer.issuer)
        self.rest = rest
        self.has_cleared = False
        self.has_compared = False

    @override
    async def run_once(self) -> str | None:
        try:
            while not self.has_cleared:
                self.has_cleared = await self._clear()
            if not self.has_compared:
                await self._compare()
                self.has_compared = True
            await self._sign_all()
        except SigningKeyRevokedError as error:
            return str(error)
        return None

    async def _clear(self) -> bool:
        """Take back tokens of another key. True if there are none, so that nothing was skipped."""
        last = 0
        while found := await self.database.read(tokens_of_others, self.signed_by, last):
            await self._take(self.database.write(clear_tokens, found))
            last = found[-1]
        return last == 0

    async def _compare(self) -> None:
        """Take back each token that this worker would sign otherwise today."""
        since, before = self.clock() - LATELY, None
        while changes := await self.database.read(changed_since, since, before):
            ids = {each.license_id for each in changes}
            stored = await self.database.read(stored_tokens, ids)
            if wrong := await asyncio.to_thread(self._wrong, stored):
                await self._take(self.database.write(clear_tokens, wrong))
            before = changes[-1].id

    def _wrong(self, stored: list[StoredToken]) -> list[int]:
        return [each.license.id for each in stored if self.signer.sign(each.license) != each.token]

    async def _sign_all(self) -> None:
        total = 0
        while await self.database.read(has_unsigned):
            count = await self._take(self.database.write(sign_batch, self.signer, self.signed_by))
            total += count
            if count == 0:
                break  # Other transactions hold all of them.
        if total > MANY:
            logger.info("signed the tokens of %d licenses", total)

    async def _take(self, work: Awaitable[T]) -> T:
        begun = monotonic()
        done = await work
        await self.rest(REST * (monotonic() - begun))
        return done


def sign_batch(session: Session, signer: Signer, name: str) -> int:
    """Sign some licenses, and return their number. Raises SigningKeyRevokedError."""
    require_not_revoked(session, signer.kid)
    return sign_unsigned(session, signer.sign, name)
