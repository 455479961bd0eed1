"""The loop in the worker that signs the revocation list."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from activities.list_signer import ListSigner
from activities.revocation_draft import Draft, draft, keep, read_state
from db.revocations import NewList
from licensing.revocations import Revocations

logger = logging.getLogger(__name__)

SETTLED = timedelta(minutes=1)
"""PostgreSQL numbers a change before it is committed, so a change may appear behind a later one. No
transaction of ours takes so long."""

NEVER = datetime.min.replace(tzinfo=UTC)


class RevocationSigner(ListSigner):
    """Signs a list when other licenses are revoked or suspended than the last list says, and daily.

    `checked` is the last change of a license that this process took into account. `seen_at` is the
    time of the look that found it, and `compared_at` the time of the last look at all licenses.
    """

    waits: ClassVar[str] = "no revocation list is signed, and apps go on with the last one"
    recovered: ClassVar[str] = "the revocation list is signed again"

    checked: int | None = None
    seen_at: datetime = NEVER
    compared_at: datetime = NEVER

    @override
    async def sign_if_due(self, now: datetime) -> None:
        state = await self.database.read(read_state, self.checked, self.signer.kid)
        if state.last_change != self.checked:
            self.seen_at = now
        must = self.is_due(state.newest, now)
        if must or state.has_news or self._must_compare(now):
            # A list that another worker stored meanwhile may miss the newest change: look again.
            if not await self._renew(now, must=must):
                return
            self.compared_at = now
        self.checked, self.has_started = state.last_change, True

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
