"""Asks for licenses on behalf of apps, within the rates."""

import asyncio
import logging
from dataclasses import dataclass, field

from fastapi import Request

from api.online.addresses import Addresses
from api.online.rates import Rates
from db.engine import Database
from db.uses import count_use, uses_of
from domain.errors import DatabaseAwayError
from domain.online import Code
from kit.frames import unexpected_error
from kit.instruments import VERDICTS
from operations.online import OnlineLicenses
from operations.verdicts import Activation, Question, Verdict

logger = logging.getLogger(__name__)

BAD_KEYS = frozenset({Code.MISTYPED_KEY, Code.UNKNOWN_KEY})

MOST_TO_NOTE = 1000
"""Devices whose day is not noted yet. The next question of any other notes its day."""


@dataclass(slots=True)
class Asking:
    """The one way from an HTTP request of an app to a verdict, for every API."""

    licenses: OnlineLicenses
    rates: Rates
    addresses: Addresses = field(default_factory=Addresses)
    seeing: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    one_note: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def database(self) -> Database:
        return self.licenses.database

    async def validate(self, request: Request, question: Question) -> Verdict:
        self._admit(request, question.key)
        verdict = await self.licenses.validate(question)
        return self._told(request, question.key, verdict, "validate")

    async def activate(self, request: Request, wish: Activation) -> Verdict:
        self._admit(request, wish.key)
        verdict = await self.licenses.activate(wish)
        return self._told(request, wish.key, verdict, "activate")

    async def deactivate(self, request: Request, question: Question) -> Verdict:
        self._admit(request, question.key)
        verdict = await self.licenses.deactivate(question)
        return self._told(request, question.key, verdict, "deactivate")

    async def count_use(self, license_id: int) -> int:
        """Count one more call for a dialect that tells the count, and return it."""
        return await self.database.write(count_use, license_id)

    async def uses(self, license_id: int) -> int:
        return await self.database.read(uses_of, license_id)

    def _admit(self, request: Request, key: str) -> None:
        self.rates.allow_key(self.addresses.address_of(request), key)

    def _told(self, request: Request, key: str, verdict: Verdict, question: str) -> Verdict:
        VERDICTS.count(question, verdict.code)
        if verdict.code in BAD_KEYS:
            self.rates.count_bad_key(self.addresses.address_of(request))
        elif verdict.found is not None:
            self.rates.remember_good_key(key)
        if verdict.valid:
            self.see(verdict)
        return verdict

    def see(self, verdict: Verdict) -> None:
        """Note the day in the background: no app waits for a write, and none needs it."""
        device = verdict.device
        if device is None or device.last_seen.date() >= verdict.at.date():
            return
        name = device.device_hash
        if name in self.seeing or len(self.seeing) >= MOST_TO_NOTE:
            return
        self.seeing[name] = task = asyncio.create_task(self._note(verdict))
        task.add_done_callback(lambda _task: self.seeing.pop(name))

    async def _note(self, verdict: Verdict) -> None:
        try:
            # While writing is impossible, notes must not hold the threads that answers need.
            async with self.one_note:
                await self.licenses.see(verdict)
        except DatabaseAwayError as error:
            logger.warning("the day of a question was not noted: %s", error.what)
        except Exception as error:  # noqa: BLE001 - asyncio would log it with its values
            logger.error("the day of a question was not noted: %s", unexpected_error(error))  # noqa: TRY400 - as above
