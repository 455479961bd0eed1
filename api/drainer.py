"""Takes the spool into the database, in order of arrival, once the database is there again."""

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import DataError, SQLAlchemyError
from typing_extensions import override

from api.looking import Looking, Pauses
from api.spool import Spool, UnreadableError
from api.storing import why
from db.clock import Clock, utc_now
from db.engine import Database
from db.events import store_event
from domain.errors import DatabaseAwayError

logger = logging.getLogger(__name__)

ABANDONED = timedelta(hours=1)
"""No process is still writing a file that old: whoever waited for it was answered 503."""

REFUSED = (DataError, ValueError, TypeError, OverflowError)
"""What a database says of one row's values. All else it may say of any row."""


class Drainer(Looking):
    """`drained` is called after each row, to wake the dispatcher."""

    def __init__(
        self,
        spool: Spool,
        database: Database,
        drained: Callable[[], None],
        *,
        pauses: Pauses | None = None,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(pauses)
        self.spool = spool
        self.database = database
        self.drained = drained
        self.clock = clock
        self.trouble: str | None = None

    @override
    async def look(self) -> bool:
        """Take in all that waits; False, and said once, where something is to be tried again."""
        self.woken.clear()
        try:
            trouble = await self.drain()
        except (DatabaseAwayError, SQLAlchemyError) as error:
            trouble = why(error)
        except OSError as error:
            trouble = f"the spool cannot be used ({error.strerror})"
        except Exception as error:  # noqa: BLE001 - whatever it is, it must look again
            frames = "".join(traceback.format_tb(error.__traceback__))
            trouble = f"unexpected {type(error).__name__} at\n{frames}"
        self.say(trouble)
        return trouble is None

    async def drain(self) -> str | None:
        """Take in each file, the oldest first; return what keeps one of them from being read."""
        # Made now, so that a folder that cannot be is told before it is needed.
        await self.spool.run(self.spool.prepare)
        await self.spool.run(self.spool.clean, self.clock() - ABANDONED)
        trouble = None
        for file in await self.spool.run(self.spool.files):
            try:
                await self.take_in(file)
            except FileNotFoundError:
                # Another process was quicker.
                continue
            except OSError as error:
                trouble = f"{file.name} cannot be read or removed ({error.strerror})"
        return trouble

    async def take_in(self, file: Path) -> None:
        try:
            new = await self.spool.run(self.spool.read, file)
            event_id = await self.database.run(store_event, new)
        except UnreadableError as error:
            await self.set_aside(file, str(error))
            return
        except REFUSED as error:
            await self.set_aside(file, why(error))
            return
        await self.spool.run(self.spool.remove, file)
        logger.info("stored %s ping %d from the spool", new.source, event_id)
        self.drained()

    async def set_aside(self, file: Path, reason: str) -> None:
        kept = await self.spool.run(self.spool.set_aside, file)
        logger.error(
            "a spooled ping was set aside, %s: mend %s and name it %s again, and it is taken in",
            reason,
            kept,
            file.name,
        )

    def say(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            logger.warning("%s: spooled pings wait and go in by themselves", trouble)
        if trouble is None and self.trouble is not None:
            logger.info("the spool is empty again")
        self.trouble = trouble
