"""Keeps a request before it is answered: in the database, or where that fails in the spool."""

import logging
from asyncio import timeout
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from api.spool import Spool
from db.engine import Database
from db.events import NewEvent, store_event
from domain.errors import DatabaseAwayError

logger = logging.getLogger(__name__)


class NotStoredError(Exception):
    """Neither the database nor the spool took a request."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each may take. Gumroad waits 5 s in all (2026-08), and the way there counts."""

    database: timedelta = timedelta(seconds=1)
    spool: timedelta = timedelta(milliseconds=500)


class Store:
    """`stored` and `spooled` wake whoever goes on from there."""

    def __init__(
        self,
        database: Database,
        spool: Spool,
        *,
        stored: Callable[[], None],
        spooled: Callable[[], None],
        patience: Patience,
    ) -> None:
        self.database = database
        self.spool = spool
        self.stored = stored
        self.spooled = spooled
        self.patience = patience
        self.in_trouble = False

    async def keep(self, new: NewEvent) -> int | None:
        """Return the audit row's id; None where the spool has the request. Raises NotStoredError.

        A commit that took too long may come about later: the UUID makes one row of both.
        """
        try:
            async with timeout(self.patience.database.total_seconds()):
                event_id = await self.database.run(store_event, new)
        except Exception as error:  # noqa: BLE001 - whatever the database says, a file may hold it
            self.say(error)
            await self.write_down(new)
            return None
        self.recover()
        self.stored()
        logger.info("stored %s ping %d", new.source, event_id)
        return event_id

    async def write_down(self, new: NewEvent) -> None:
        try:
            async with timeout(self.patience.spool.total_seconds()):
                await self.spool.run(self.spool.keep, new)
        except Exception as error:  # noqa: BLE001 - the sender must be told to come again
            reason = getattr(error, "strerror", None) or type(error).__name__
            logger.error("a %s ping could be stored nowhere: %s", new.source, reason)  # noqa: TRY400 - a traceback here holds values
            raise NotStoredError from None
        self.spooled()
        logger.info("spooled %s ping %s", new.source, new.request_id)

    def say(self, error: Exception) -> None:
        if not self.in_trouble:
            logger.warning("%s: pings go into the spool, and in by themselves later", why(error))
        self.in_trouble = True

    def recover(self) -> None:
        if self.in_trouble:
            logger.info("pings go into the database again")
        self.in_trouble = False


def why(error: Exception) -> str:
    """Tell in a few words, none of them the driver's own, why a row could not be committed."""
    if isinstance(error, DatabaseAwayError):
        return error.sentence.partition(";")[0]
    if isinstance(error, TimeoutError):
        return "the database gave no answer in time"
    return f"the database refuses a row ({type(error).__name__})"
