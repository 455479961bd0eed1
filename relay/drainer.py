"""The drainer: stores spooled requests, in order of arrival, once the database is back."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError, StatementError
from typing_extensions import override

from db.engine import Database
from db.requests import NewRequest, store_request
from domain.errors import DatabaseAwayError
from domain.identifiers import order_reference
from kit.clock import Clock, utc_now
from kit.frames import unexpected_error
from kit.log_context import about
from kit.loop import BackgroundLoop, Pauses, commit_failure
from relay.spool import Spool, UnreadableError

logger = logging.getLogger(__name__)

ABANDONED = timedelta(hours=1)
"""Older unfinished files are abandoned: no process writes them, and the sender got a 503."""


class Drainer(BackgroundLoop):
    """`drained` is called after each row, to wake the dispatcher."""

    waits = "spooled requests wait and go in by themselves"
    recovered = "the spool is empty again"

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

    @override
    async def run_once(self) -> str | None:
        try:
            # Made at the start, so that a broken folder is reported before a request needs it.
            await self.spool.run(self.spool.prepare)
            await self.spool.run(self.spool.clean, self.clock() - ABANDONED)
            files = await self.spool.run(self.spool.files)
        except OSError as error:
            return f"the spool cannot be used ({error.strerror})"
        troubles = [await self.try_to_take_in(file) for file in files]
        return next(filter(None, troubles), None)

    async def try_to_take_in(self, file: Path) -> str | None:
        """Store one file; return why the file still waits. The next file does not have to wait."""
        try:
            await self.take_in(file)
        except FileNotFoundError:
            return None  # Another process was quicker.
        except OSError as error:
            return f"{file.name} cannot be read or removed ({error.strerror})"
        except (DatabaseAwayError, SQLAlchemyError):
            raise  # The next file would fail as well.
        except Exception as error:  # noqa: BLE001 - whatever it is, the next must go on
            return unexpected_error(error)
        return None

    async def take_in(self, file: Path) -> None:
        try:
            new = await self.spool.run(self.spool.read, file)
            event_id = await self.database.write(store_request, new)
        except UnreadableError as error:
            await self.set_aside(file, str(error))
            return
        except Exception as error:
            if not rejects_these_values(error):
                raise
            await self.set_aside(file, commit_failure(error))
            return
        await self.spool.run(self.spool.remove, file)
        with about(event=event_id, request=str(new.request_id), order=order_of(new)):
            logger.info("stored %s event %d from the spool", new.source, event_id)
        self.drained()

    async def set_aside(self, file: Path, reason: str) -> None:
        kept = await self.spool.run(self.spool.set_aside, file)
        logger.error(
            "a spooled request was set aside, %s: mend %s and name it %s again, and it is taken in",
            reason,
            kept,
            file.name,
        )


def order_of(new: NewRequest) -> str | None:
    return None if new.order_id is None else order_reference(new.source, new.order_id)


def rejects_these_values(error: Exception) -> bool:
    """Tell whether the database rejects only these values, and not everything."""
    if isinstance(error, DBAPIError):
        return isinstance(error, DataError)
    return isinstance(error, StatementError | ValueError | TypeError | OverflowError)
