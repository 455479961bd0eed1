"""Sends a schedule's requests as the shop sends them, and records the answers."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from time import monotonic
from typing import TypeAlias

import httpx

from embedded.ports import NO_TLS
from torture.bodies import Body
from torture.drawing import ShopEvent
from torture.orders import Order
from torture.plan import PlannedRequest
from torture.shop import TorturedShop

PAUSES = (0.5, 1.5, 5.0)
"""Pauses between the four attempts of one request. A real shop pauses for minutes."""
OK = 200
RETRIED_STATUSES = {499, 500, 502, 503, 504}
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a request. `mark` is unique to its body; `status` None: no answer.

    When `last`, the sender does not try again, whatever the answer. `part` counts the events that
    the shop sends at the same time.
    """

    mark: str
    order_id: str
    status: int | None
    seconds: float
    last: bool
    event: ShopEvent | None = None
    part: int = 0


Told: TypeAlias = tuple[Order, ShopEvent | None]


@dataclass(slots=True)
class RequestSender:
    http: httpx.AsyncClient
    url: str
    shop: TorturedShop
    pauses: tuple[float, ...] = PAUSES
    attempts: list[Attempt] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _past: dict[str, dict[Told, None]] = field(default_factory=lambda: defaultdict(dict))
    _long: set[Told] = field(default_factory=set)
    _marks: dict[tuple[Told, int], str] = field(default_factory=dict)

    async def send_all(self, requests: Sequence[PlannedRequest]) -> None:
        for each in requests:
            self._past[_belongs_to(each.order)][each.order, each.event] = None
        if self.shop.repeats_bodies:
            self._long |= {(each.order, each.event) for each in requests if each.is_long}
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for request in requests:
                await asyncio.sleep(began + request.at - monotonic())
                group.create_task(
                    self.send(request.order, is_long=request.is_long, event=request.event)
                )

    async def send(
        self, order: Order, *, is_long: bool = False, event: ShopEvent | None = None
    ) -> None:
        """Send an event, and all that the shop sends with it."""
        self._happen(order, event)
        parts = len(Body(order, event=event).requests(self.shop))
        async with asyncio.TaskGroup() as group:
            for part in range(parts):
                group.create_task(self._send(order, event, part, is_long=is_long))

    def _happen(self, order: Order, event: ShopEvent | None) -> None:
        """Let the shop's API know the event, and all that happened before it."""
        if self.shop.api is None:
            return
        now = _time((order, event))
        earlier = [each for each in self._past[_belongs_to(order)] if _time(each) <= now]
        for each in dict.fromkeys([*earlier, (order, event)]):
            for request in Body(each[0], event=each[1]).requests(self.shop):
                self.shop.api.keep_newest(request.answers)

    async def _send(
        self, order: Order, event: ShopEvent | None, part: int, *, is_long: bool
    ) -> None:
        """Send a request, and retry up to three times after an answer that fails."""
        for retry, pause in enumerate((*self.pauses, None)):
            mark = self._mark((order, event), part)
            body = Body(order, mark, retry, is_long or (order, event) in self._long, event)
            attempt = await self._attempt(body, part, is_last=pause is None)
            self.attempts.append(attempt)
            if attempt.last or pause is None:
                return
            await asyncio.sleep(pause)

    async def press_resend(self, requests: Iterable[PlannedRequest]) -> int:
        """Send every sale and event that was never answered 200, as a seller can at any time.

        Return how many.
        """
        tried = {(each.order_id, each.event, each.part) for each in self.attempts}
        taken = {
            (each.order_id, each.event, each.part) for each in self.attempts if each.status == OK
        }
        answered = {each[:2] for each in taken} - {each[:2] for each in tried - taken}
        planned = dict.fromkeys((each.order, each.event) for each in requests)
        missing = [each for each in planned if (each[0].order_id, each[1]) not in answered]
        for order, event in missing:
            await self.send(order, event=event)
        return len(missing)

    def _mark(self, told: Told, part: int) -> str:
        """Return a new mark, or that of the same event if the shop repeats it byte for byte."""
        new = f"{told[0].order_id}/{next(self._numbers)}"
        return self._marks.setdefault((told, part), new) if self.shop.repeats_bodies else new

    async def _attempt(self, body: Body, part: int, *, is_last: bool) -> Attempt:
        began = monotonic()
        try:
            request = body.requests(self.shop)[part]
            answer = await self.http.post(
                f"{self.url}/webhooks/{self.shop.source}",
                params=request.query,
                content=request.body,
                headers=request.headers,
                timeout=PATIENCE,
            )
            status = answer.status_code
        except httpx.TransportError:
            status = None
        last = is_last or (status is not None and status not in RETRIED_STATUSES)
        seconds = monotonic() - began
        mark, order_id = body.mark or "", body.order.order_id
        return Attempt(mark, order_id, status, seconds, last, body.event, part)


def _belongs_to(order: Order) -> str:
    return order.subscription_id or order.order_id


def _time(told: Told) -> datetime:
    order, event = told
    return order.paid_at if event is None else event.at


def sender_client() -> httpx.AsyncClient:
    """Return a client with a new connection for each request, and no limit on connections."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, verify=NO_TLS, limits=limits)
