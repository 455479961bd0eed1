"""Asks for licenses during a round over HTTP, as the apps of sold licenses do."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database
from db.tables import LicenseRow
from domain.errors import DatabaseAwayError
from kit.clock import utc_now
from torture.app_plan import PlannedApp, Verb

OK = 200
PATIENCE = 5.0
LOOK_SECONDS = 0.2
AGAIN = (0.5, 1.0, 2.0)
"""Pauses before an app asks again, after no answer and after an answer without a verdict."""


@dataclass(frozen=True, slots=True)
class LicenseKey:
    license_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Call:
    """One question of an app.

    `status` None: no answer came. `is_late`: the API may still be at work on it. `device` None: the
    question is about the license alone. `used` counts the devices of the license by the answer.
    """

    order_id: str
    license_id: int
    verb: Verb
    device: str | None
    sent_at: datetime
    answered_at: datetime
    status: int | None = None
    code: str | None = None
    used: int | None = None
    is_late: bool = False
    at_rest: bool = False


@dataclass(slots=True)
class Apps:
    """Asks the questions, and records the answers in `calls`.

    `no_more`: no order gets a license any more.
    """

    http: httpx.AsyncClient
    url: str
    database: Database
    planned: tuple[PlannedApp, ...]
    calls: list[Call] = field(default_factory=list)
    keys: dict[str, LicenseKey] = field(default_factory=dict)
    no_more: bool = False

    async def ask_all(self) -> None:
        """Ask until every app has asked all. An app without a license waits for `no_more`."""
        looking = asyncio.create_task(self._look_for_keys())
        try:
            began = monotonic()
            async with asyncio.TaskGroup() as group:
                for app in self.planned:
                    group.create_task(self._use(app, began))
        finally:
            looking.cancel()

    async def finish(self, asking: Awaitable[None]) -> None:
        """Let the apps end. Then ask once more for each license and device, undisturbed."""
        await self._look_once()
        self.no_more = True
        await asking
        for order_id in self.keys:
            await self._ask(order_id, Verb.VALIDATE, None, at_rest=True)
        for app in self.planned:
            if app.order.order_id in self.keys:
                await self._ask(app.order.order_id, Verb.VALIDATE, app.device, at_rest=True)

    async def _use(self, app: PlannedApp, began: float) -> None:
        await asyncio.sleep(began + app.at - monotonic())
        while app.order.order_id not in self.keys:
            if self.no_more:
                return
            await asyncio.sleep(LOOK_SECONDS)
        for verb in app.verbs:
            await self._ask_again(app, verb)
            await asyncio.sleep(app.pause)

    async def _ask_again(self, app: PlannedApp, verb: Verb) -> None:
        """Ask until there is a verdict. An app changes nothing without one."""
        for pause in (*AGAIN, None):
            call = await self._ask(app.order.order_id, verb, app.device)
            if call.status == OK or pause is None:
                return
            await asyncio.sleep(pause)

    async def _ask(
        self, order_id: str, verb: Verb, device: str | None, *, at_rest: bool = False
    ) -> Call:
        known, sent_at = self.keys[order_id], utc_now()
        fields = {"key": known.key} if device is None else {"key": known.key, "device": device}
        status, code, used, is_late = None, None, None, False
        try:
            url = f"{self.url}/v1/{verb}"
            answer = await self.http.post(url, json=fields, timeout=PATIENCE)
            status = answer.status_code
            code, used = _read(answer)
        except httpx.TransportError as error:
            is_late = isinstance(error, httpx.TimeoutException)
        call = Call(
            order_id=order_id,
            license_id=known.license_id,
            verb=verb,
            device=device,
            sent_at=sent_at,
            answered_at=utc_now(),
            status=status,
            code=code,
            used=used,
            is_late=is_late,
            at_rest=at_rest,
        )
        self.calls.append(call)
        return call

    async def _look_for_keys(self) -> None:
        while True:
            await self._look_once()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_once(self) -> None:
        missing = {app.order.order_id for app in self.planned} - self.keys.keys()
        if missing:
            with suppress(DatabaseAwayError):
                self.keys.update(await self.database.read(_keys, missing))


def _keys(session: Session, order_ids: Iterable[str]) -> Mapping[str, LicenseKey]:
    columns = select(LicenseRow.order_id, LicenseRow.id, LicenseRow.key)
    rows = session.execute(columns.where(LicenseRow.order_id.in_(order_ids)))
    return {order_id: LicenseKey(license_id, key) for order_id, license_id, key in rows}


def _read(answer: httpx.Response) -> tuple[str | None, int | None]:
    """Return the code and the count of devices. An answer without `valid` is no verdict."""
    try:
        body = answer.json()
    except ValueError:
        return None, None
    if answer.status_code != OK or not isinstance(body, dict) or "valid" not in body:
        return None, None
    devices = body.get("devices")
    return body.get("code"), None if devices is None else devices["used"]
