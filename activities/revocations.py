"""The loop in the worker that signs the revocation list, because only the worker has the key."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from activities.revocation_draft import Draft, State, draft, keep, read_state
from db.engine import Database
from db.revocations import NewList
from domain.errors import SigningKeyRevokedError
from kit.clock import Clock, utc_now
from kit.loop import BackgroundLoop, Pauses
from licensing.revocations import Revocations
from licensing.signing import Signer

logger = logging.getLogger(__name__)

DAY = timedelta(days=1)

SETTLED = timedelta(minutes=1)
"""PostgreSQL numbers a change before it is committed, so a change may appear behind a later one. No
transaction of ours takes so long."""

NEVER = datetime.min.replace(tzinfo=UTC)


class RevocationSigner(BackgroundLoop):
    """Signs a list when other licenses are revoked or suspended than the last list says, and daily.

    `checked` is the last change of a license that this process took into account. `seen_at` is the
    time of the look that found it, and `compared_at` the time of the last look at all licenses.
    """

    waits: ClassVar[str] = "no revocation list is signed, and apps go on with the last one"
    recovered: ClassVar[str] = "the revocation list is signed again"

    def __init__(
        self,
        database: Database,
        signer: Signer,
        clock: Clock = utc_now,
        pauses: Pauses | None = None,
    ) -> None:
        super().__init__(pauses)
        self.database = database
        self.signer = signer
        self.clock = clock
        self.checked: int | None = None
        self.seen_at = NEVER
        self.compared_at = NEVER

    @override
    async def run_once(self) -> str | None:
        try:
            await self._look(self.clock())
        except SigningKeyRevokedError as error:
            return str(error)
        return None

    async def _look(self, now: datetime) -> None:
        state = await self.database.read(read_state, self.checked, self.signer.kid)
        if state.last_change != self.checked:
            self.seen_at = now
        must = self._must_sign(state, now)
        if must or state.has_news or self._must_compare(now):
            # A list that another worker stored meanwhile may miss the newest change: look again.
            if not await self._renew(now, must=must):
                return
            self.compared_at = now
        self.checked = state.last_change

    def _must_sign(self, state: State, now: datetime) -> bool:
        """Tell whether a list is due even if it names the same licenses."""
        # A clock that was ahead once must not stop the daily lists until that time.
        if state.signed_at is None or abs(now - state.signed_at) >= DAY:
            return True
        # A new key replaces the old key's list, so that apps which know the new key alone read it.
        # Only at start: two workers with two keys would replace each other's lists for ever.
        return state.is_unreadable or (state.is_of_another_key and self.checked is None)

    def _must_compare(self, now: datetime) -> bool:
        is_settled = self.compared_at >= self.seen_at + SETTLED
        return not is_settled and now >= self.compared_at + SETTLED

    async def _renew(self, now: datetime, *, must: bool) -> bool:
        """Sign a list if it must be, or if it names other licenses. False if another was first."""
        found = await self.database.read(draft)
        return not (must or found.differs) or await self._sign(found, now)

    async def _sign(self, found: Draft, now: datetime) -> bool:
        """Sign and store. False if another worker has stored a list with this number."""
        content = Revocations(found.seq, now, found.revoked)
        token = await asyncio.to_thread(self.signer.sign_revocations, content)
        new = NewList(found.seq, token, found.changes, now)
        if not await self.database.write(keep, new, self.signer.kid):
            return False
        logger.info("signed revocation list %d with %d entries", found.seq, len(found.revoked))
        return True
