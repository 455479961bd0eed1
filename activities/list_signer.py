"""The loop in the worker that signs a list for apps, because only the worker has the key."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta

from typing_extensions import override

from db.engine import Database
from domain.errors import SigningKeyRevokedError
from kit.clock import Clock, utc_now
from kit.loop import BackgroundLoop, Pauses
from licensing.signing import Signer

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest list. `is_unreadable`: apps cannot verify it, because its key is revoked."""

    signed_at: datetime
    is_of_another_key: bool
    is_unreadable: bool


class ListSigner(BackgroundLoop):
    """Signs a list of one kind when its content changes, and daily.

    `has_started`: a look has succeeded.
    """

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
        self.has_started = False

    @override
    async def run_once(self) -> str | None:
        try:
            await self.sign_if_due(self.clock())
        except SigningKeyRevokedError as error:
            return str(error)
        return None

    @abstractmethod
    async def sign_if_due(self, now: datetime) -> None:
        """Sign a list if one is due, or if the newest has another content."""

    def is_due(self, newest: Newest | None, now: datetime) -> bool:
        """Tell whether a list is due even if it has the same content."""
        # A clock that was ahead once must not stop the daily lists until that time.
        if newest is None or abs(now - newest.signed_at) >= DAY:
            return True
        # A new key replaces the old key's list, so that apps which know the new key alone read it.
        # Only at start: two workers with two keys would replace each other's lists for ever.
        return newest.is_unreadable or (newest.is_of_another_key and not self.has_started)
