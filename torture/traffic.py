"""Sends a schedule's requests as Gumroad sends its pings, and records the answers."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic
from urllib.parse import parse_qs, quote, urlencode

import httpx

from api.webhooks import LONGEST_NAMED
from domain.license import Term
from embedded.ports import NO_TLS
from storefronts.gumroad.sample import CONTENT_TYPE, SamplePing
from torture.plan import Order, PlannedRequest

PRODUCT_ID = "torture"
TERM = Term(months=1)
PRODUCTS = f"""\
gumroad:
  - product_id: {PRODUCT_ID}
    tier: core
    months: {TERM.months}
"""
SOLD_AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
BETWEEN_CHARGES = timedelta(days=31)

PAUSES = (0.5, 1.5, 5.0)
"""Pauses between the four attempts of one ping. One second here is two minutes at Gumroad."""
OK = 200
RETRIED_STATUSES = {499, 500, 502, 503, 504}
PATIENCE = 5.0
MARK = "url_params[mark]"
FILLER = {"url_params[filler]": "x" * (LONGEST_NAMED + 1)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a request. `mark` is unique to its body; `status` None: no answer.

    When `last`, the sender does not try again, whatever the answer.
    """

    mark: str
    order_id: str
    status: int | None
    seconds: float
    last: bool


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one attempt. `retry` counts the earlier attempts."""

    order: Order
    mark: str
    retry: int
    is_long: bool = False

    def encode(self) -> bytes:
        order = self.order
        sale = SamplePing(
            order_id=order.order_id,
            product_id=PRODUCT_ID,
            product_name="Torture",
            email=order.email,
            name="A Buyer",
            sold_at=paid_at(order),
        )
        added = {MARK: self.mark}
        if order.subscription_id is not None:
            added |= {"subscription_id": order.subscription_id, "recurrence": "monthly"}
        if order.charge:
            added |= {"is_recurring_charge": "true"}
        if self.retry:
            added |= {"retry_count": str(self.retry)}
        if self.is_long:
            added |= FILLER
        return sale.body() + b"&" + urlencode(added, quote_via=quote).encode()


@dataclass(slots=True)
class Sender:
    http: httpx.AsyncClient
    url: str
    secret: str
    pauses: tuple[float, ...] = PAUSES
    attempts: list[Attempt] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    async def send_all(self, requests: Iterable[PlannedRequest]) -> None:
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for request in requests:
                await asyncio.sleep(began + request.at - monotonic())
                group.create_task(self.send(request.order, is_long=request.is_long))

    async def send(self, order: Order, *, is_long: bool = False) -> None:
        """Send a request, and retry up to three times after a failure in Gumroad's sense."""
        for retry, pause in enumerate((*self.pauses, None)):
            body = Body(order, self._mark(order), retry, is_long)
            attempt = await self._attempt(body, is_last=pause is None)
            self.attempts.append(attempt)
            if attempt.last or pause is None:
                return
            await asyncio.sleep(pause)

    async def press_resend(self, orders: Iterable[Order]) -> int:
        """Send every order that was never answered 200, as a seller can at any time.

        Return how many.
        """
        taken = {attempt.order_id for attempt in self.attempts if attempt.status == OK}
        missing = [order for order in orders if order.order_id not in taken]
        for order in missing:
            await self.send(order)
        return len(missing)

    def _mark(self, order: Order) -> str:
        return f"{order.order_id}/{next(self._numbers)}"

    async def _attempt(self, body: Body, *, is_last: bool) -> Attempt:
        began = monotonic()
        try:
            answer = await self.http.post(
                f"{self.url}/webhooks/gumroad",
                params={"secret": self.secret},
                content=body.encode(),
                headers={"Content-Type": CONTENT_TYPE},
                timeout=PATIENCE,
            )
            status = answer.status_code
        except httpx.TransportError:
            status = None
        last = is_last or (status is not None and status not in RETRIED_STATUSES)
        return Attempt(body.mark, body.order.order_id, status, monotonic() - began, last)


def sender_client() -> httpx.AsyncClient:
    """Return a client with a new connection for each request, and no limit on connections."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, verify=NO_TLS, limits=limits)


def paid_at(order: Order) -> datetime:
    return SOLD_AT + order.charge * BETWEEN_CHARGES


def mark_of(body: bytes) -> str:
    return parse_qs(body.decode())[MARK][0]
