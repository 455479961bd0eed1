"""The causes that stand, as this process knows them while the database is away.

A file keeps them over a restart, so that a restart tells no alert again and owes its closing note.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from domain.alerting import Standing
from kit.private_files import replace_private

logger = logging.getLogger(__name__)

STANDING = TypeAdapter(tuple[Standing, ...])


class AlertMemory:
    """`standing` is the last known state. `untold` is the state that the database lacks."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.untold = _read(file)
        self.standing: Sequence[Standing] = self.untold

    async def keep(self, standing: Sequence[Standing]) -> None:
        """Keep a state that the database could not take."""
        self.standing = self.untold = tuple(standing)
        # Without the file, a restart may tell a cause once more, which is better than no alert.
        with suppress(OSError):
            content = STANDING.dump_json(self.untold)
            await asyncio.to_thread(replace_private, self.file, content)

    async def leave_to_database(self, standing: Sequence[Standing]) -> None:
        """Remember the state that the database took."""
        self.standing = tuple(standing)
        if self.untold:
            self.untold = ()
            with suppress(OSError):
                await asyncio.to_thread(self.file.unlink, missing_ok=True)


def _read(file: Path) -> tuple[Standing, ...]:
    try:
        return STANDING.validate_json(file.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read (%s): alerts begin anew", file, type(error).__name__)
        return ()
