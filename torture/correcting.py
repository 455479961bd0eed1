"""Corrects mistyped addresses during a round, as a person does with `mintpost resend --to`."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from db.engine import Database
from db.resends import NewResend
from domain.errors import DatabaseAwayError
from kit.asker import asker
from kit.clock import utc_now
from kit.refusals import RefusedError
from operations.resend import resend
from torture.evidence import RecordedCorrection
from torture.gathering import attempts_of
from torture.plan import Correction

AGAIN_SECONDS = 0.05
WHY = "mistyped"


@dataclass(slots=True)
class Operator:
    """Corrects addresses.

    The provider refuses mail to an address in `refused` until its correction.

    `report` gets a sentence for each correction.
    """

    database: Database
    source: str
    refused: set[str]
    report: Callable[[str], None]
    recorded: list[RecordedCorrection] = field(default_factory=list)

    async def correct_all(self, corrections: Iterable[Correction]) -> None:
        planned, began = list(corrections), monotonic()
        waiting = {each.order.email for each in planned if each.waits}
        self.refused |= waiting
        try:
            await self._correct_all(planned, began)
        finally:
            self.refused -= waiting

    async def _correct_all(self, corrections: Iterable[Correction], began: float) -> None:
        async with asyncio.TaskGroup() as group:
            for correction in corrections:
                await asyncio.sleep(began + correction.at - monotonic())
                group.create_task(self.correct(correction))

    async def correct(self, correction: Correction) -> None:
        """Retry until the correction is recorded.

        The order may be unknown yet, or the database away.
        """
        while not await self._is_recorded(correction):
            with suppress(RefusedError, DatabaseAwayError):
                order_id = correction.order.order_id
                new = NewResend(self.source, order_id, correction.to, asker(), WHY)
                await resend(self.database, new)
                continue
            await asyncio.sleep(AGAIN_SECONDS)
        self.refused.discard(correction.order.email)
        self.report(f"the address of {correction.order.order_id} is corrected")

    async def _is_recorded(self, correction: Correction) -> bool:
        """Look before asking again: a correction may be recorded although the call failed."""
        order_id = correction.order.order_id
        with suppress(DatabaseAwayError):
            attempts = await self.database.read(attempts_of, self.source, order_id)
            if attempts is not None:
                self.recorded.append(RecordedCorrection(order_id, utc_now(), attempts))
                return True
        return False
