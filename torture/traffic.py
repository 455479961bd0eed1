"""Sends a schedule's requests as Gumroad sends them, and remembers what was answered."""

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
"""Between the four attempts of one request. Gumroad's are two minutes for each second here."""
OK = 200
COMES_AGAIN = {499, 500, 502, 503, 504}
PATIENCE = 5.0
MARK = "url_params[mark]"
FILLER = {"url_params[filler]": "x" * (LONGEST_NAMED + 1)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `mark` stands in its body and nowhere else; `status` None: no answer.

    `last`: whatever came of it, the sender does not send this request again.
    """

    mark: str
    order_id: str
    status: int | None
    seconds: float
    last: bool


@dataclass(frozen=True, slots=True)
class Body:
    """What one request carries; `retry` counts how often its request was sent before."""

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
        """Send one request, and again after what Gumroad takes for a failure; then give up."""
        for retry, pause in enumerate((*self.pauses, None)):
            body = Body(order, self._mark(order), retry, is_long)
            attempt = await self._attempt(body, is_last=pause is None)
            self.attempts.append(attempt)
            if attempt.last or pause is None:
                return
            await asyncio.sleep(pause)

    async def press_resend(self, orders: Iterable[Order]) -> int:
        """Send what nothing ever took, as its seller can at any time; return how many."""
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
        last = is_last or (status is not None and status not in COMES_AGAIN)
        return Attempt(body.mark, body.order.order_id, status, monotonic() - began, last)


def sender_client() -> httpx.AsyncClient:
    """Return a client that opens a connection for each request, without a limit."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, verify=NO_TLS, limits=limits)


def paid_at(order: Order) -> datetime:
    return SOLD_AT + order.charge * BETWEEN_CHARGES


def mark_of(body: bytes) -> str:
    return parse_qs(body.decode())[MARK][0]
