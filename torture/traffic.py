"""Sends a schedule's requests as the shop sends them, and records the answers."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

import httpx

from api.webhooks import LONGEST_NAMED
from embedded.ports import NO_TLS
from storefronts.registry import DEFAULT
from storefronts.sample import FollowUp, SamplePlan, SampleRequest, SampleSale, SampleShop
from torture.app_plan import DEVICES
from torture.drawing import ShopEvent
from torture.orders import TERM, Order
from torture.plan import PlannedRequest
from torture.stories import CORE, PLUS, PRO

PRODUCT_ID = "torture"
PRODUCTS = f"""\
{DEFAULT.name}:
  - product_id: {PRODUCT_ID}
    tier: {CORE}
    months: {TERM.months}
    devices: {DEVICES}
  - product_id: {PRODUCT_ID}
    variant: {{Tier: {PLUS}}}
    tier: {PLUS}
    months: {TERM.months}
    devices: {DEVICES}
  - product_id: {PRODUCT_ID}
    variant: {{Tier: {PRO}}}
    tier: {PRO}
    months: {TERM.months}
    devices: {DEVICES}
"""

PAUSES = (0.5, 1.5, 5.0)
"""Pauses between the four attempts of one request. A real shop pauses for minutes."""
OK = 200
RETRIED_STATUSES = {499, 500, 502, 503, 504}
PATIENCE = 5.0


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
    event: ShopEvent | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one attempt. `retry` counts the earlier attempts."""

    order: Order
    mark: str
    retry: int
    is_long: bool = False
    event: ShopEvent | None = None

    def request(self, shop: SampleShop) -> SampleRequest:
        sale = shop.request(self.sale())
        if self.event is None:
            return sale
        return shop.follow_up(self.event.name, self._follow_up(self.event, sale))

    def _follow_up(self, event: ShopEvent, sale: SampleRequest) -> FollowUp:
        return FollowUp(
            content_type=sale.headers["Content-Type"],
            body=sale.body,
            paid=event.paid,
            plan=SamplePlan((), 1),
            at=event.at,
            new_order_id="",
            quantity=event.seats,
            variants=None if event.tier is None else (("Tier", event.tier),),
            retry=self.retry,
            mark=self.mark,
        )

    def sale(self) -> SampleSale:
        order = self.order
        return SampleSale(
            order_id=order.order_id,
            product_id=PRODUCT_ID,
            product_name="Torture",
            email=order.email,
            name="A Buyer",
            sold_at=order.paid_at,
            subscription_id=order.subscription_id,
            is_charge=order.charge > 0,
            retry=self.retry,
            mark=self.mark,
            padding=LONGEST_NAMED + 1 if self.is_long else 0,
        )


@dataclass(slots=True)
class RequestSender:
    http: httpx.AsyncClient
    url: str
    sample_shop: SampleShop
    pauses: tuple[float, ...] = PAUSES
    attempts: list[Attempt] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    async def send_all(self, requests: Iterable[PlannedRequest]) -> None:
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
        """Send a request, and retry up to three times after an answer that fails."""
        for retry, pause in enumerate((*self.pauses, None)):
            body = Body(order, self._mark(order), retry, is_long, event)
            attempt = await self._attempt(body, is_last=pause is None)
            self.attempts.append(attempt)
            if attempt.last or pause is None:
                return
            await asyncio.sleep(pause)

    async def press_resend(self, requests: Iterable[PlannedRequest]) -> int:
        """Send every sale and event that was never answered 200, as a seller can at any time.

        Return how many.
        """
        taken = {(each.order_id, each.event) for each in self.attempts if each.status == OK}
        planned = dict.fromkeys((each.order, each.event) for each in requests)
        missing = [each for each in planned if (each[0].order_id, each[1]) not in taken]
        for order, event in missing:
            await self.send(order, event=event)
        return len(missing)

    def _mark(self, order: Order) -> str:
        return f"{order.order_id}/{next(self._numbers)}"

    async def _attempt(self, body: Body, *, is_last: bool) -> Attempt:
        began = monotonic()
        try:
            request = body.request(self.sample_shop)
            answer = await self.http.post(
                f"{self.url}/webhooks/{DEFAULT.name}",
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
        return Attempt(body.mark, body.order.order_id, status, seconds, last, body.event)


def sender_client() -> httpx.AsyncClient:
    """Return a client with a new connection for each request, and no limit on connections."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, verify=NO_TLS, limits=limits)


def mark_of(body: bytes) -> str:
    return DEFAULT.sample_shop("").mark_of(body)
