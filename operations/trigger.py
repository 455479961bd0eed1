"""Send an event as its storefront would send it, and follow it to its outcome."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from shlex import quote
from time import monotonic

import httpx
from sqlalchemy.orm import Session

from db.views.earlier_orders import EarlierOrder, is_brought_by, licenses_around
from db.views.lists import (
    DeliveryLine,
    EventLine,
    Filters,
    LicenseLine,
    SaleLine,
    list_deliveries,
    list_events,
)
from domain.advice import advised
from domain.catalog import Catalog
from domain.event import EventKind, Outcome
from domain.identifiers import order_reference
from kit.clock import Clock, utc_now
from kit.refusals import RefusedError
from operations.checks import SampleSender
from operations.earlier_orders import Wanted, the_earlier_order
from operations.find import reference_of
from operations.whole_order import load_order
from operations.wished_events import Wish, first_request, follow_up_request, needs_catalog
from storefronts.abilities import MarkOfTests
from storefronts.registry import DEFAULT
from storefronts.sample import SampleRequest

LOOK = timedelta(milliseconds=50)
PARKED_AFTER = timedelta(seconds=2)
"""An event that shows a sentence for so long waits for a person."""


@dataclass(frozen=True, slots=True)
class Triggered:
    """The event and its results. `reference` names the order, or the event, for `show`."""

    event: EventLine
    licenses: list[LicenseLine]
    mails: list[DeliveryLine]
    reference: str

    @property
    def ended_well(self) -> bool:
        return self.event.outcome not in {None, Outcome.FAILED}


def no_api(_request: SampleRequest) -> None:
    """Tell nobody, for a stack without a made-up API."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A running stack, and the shop that calls it. `tell` gets the order that was chosen.

    `keep_answers` tells the shop's API of the stack what it must answer about the event.
    """

    sender: SampleSender
    catalog: Callable[[], Catalog]
    tell: Callable[[str], None]
    patience: timedelta
    clock: Clock = utc_now
    keep_answers: Callable[[SampleRequest], None] = no_api

    async def send(self, wish: Wish) -> Triggered:
        """Send the event, and wait for its outcome. Raises RefusedError."""
        self._require(wish)
        database, earlier = self.sender.database, None
        catalog = self.catalog() if needs_catalog(wish.event) else None
        if wish.event.is_first:
            assert catalog is not None  # noqa: S101 - `needs_catalog` says so
            request = first_request(wish, self.sender.sample_shop, catalog, self.clock())
        else:
            wanted = Wanted(wish.event, wish.source, wish.order, wish.live)
            earlier = await database.read(the_earlier_order, wanted)
            which = "" if wish.order else ", the newest that it may follow"
            self._require_side(wish, earlier.sale)
            self.tell(f"{wish.event} of {reference_of(earlier.sale)}{which}")
            shop, now = self.sender.sample_shop, self.clock()
            request = follow_up_request(wish, shop, earlier, catalog, now)
        before = await database.read(list_deliveries, Filters(limit=1))
        event = await self._followed(await self._accepted(request, wish))
        mailed = before[0].id if before else 0
        return await database.read(_results, event, earlier, mailed)

    def _require(self, wish: Wish) -> None:
        names = self.sender.sample_shop.names
        if wish.event not in names:
            made = ", ".join(sorted(names)) or "none"
            raise RefusedError(
                f"{wish.source} has no made-up {wish.event}; the events that it has: {made}"
            )
        if wish.event.is_first and wish.order is not None:
            raise RefusedError(
                f"{wish.event} belongs to no earlier order: leave out --order: {_again(wish)}"
            )

    def _require_side(self, wish: Wish, sale: SaleLine) -> None:
        """Refuse an event of the shop's other side, whose secret would mark it wrongly."""
        marks = self.sender.package.abilities.mark_of_tests
        if marks is MarkOfTests.SECRET and sale.test == wish.live:
            is_test = "a test: leave out --live" if sale.test else "a real sale: give --live"
            right = ["--order", quote(reference_of(sale)), *([] if sale.test else ["--live"])]
            raise RefusedError(
                f"{reference_of(sale)} is {is_test}, or name another order: {_again(wish, *right)}"
            )

    async def _accepted(self, request: SampleRequest, wish: Wish) -> int:
        url = self.sender.url
        await asyncio.to_thread(self.keep_answers, request)
        answer = await self.sender.post(request)
        if not answer.is_success:
            raise RefusedError(
                f"{url} answers {answer.status_code}: are address and secret right? This gives "
                f"others: {_again(wish, '--url URL', '--secret TEXT')}"
            )
        event_id = _event_id(answer, wish)
        if event_id is None:
            raise RefusedError(
                "the database is away, and the event waits in the spool: `mintpost events` lists "
                "it later"
            )
        if not await self.sender.database.read(is_brought_by, event_id, request.body):
            raise RefusedError(
                f"{url} keeps its events in another database than this command reads: set "
                "DATA_DIR or DATABASE_URL as that stack has it, and run this again"
            )
        return event_id

    async def _followed(self, event_id: int) -> EventLine:
        """Wait for the outcome, for a sentence that stays, or for the end of the patience."""
        deadline = monotonic() + self.patience.total_seconds()
        while True:
            (event,) = await self.sender.database.read(list_events, Filters(ids=[event_id]))
            if event.error is not None:
                deadline = min(deadline, monotonic() + PARKED_AFTER.total_seconds())
            if event.outcome is not None or monotonic() > deadline:
                return event
            await asyncio.sleep(LOOK.total_seconds())


def _again(wish: Wish, *options: str) -> str:
    source = [] if wish.source == DEFAULT.name else ["--source", wish.source]
    return advised("trigger", wish.event, options=[*source, *options])


def _event_id(answer: httpx.Response, wish: Wish) -> int | None:
    """Return the id in the API's answer; None while the request is in the spool."""
    try:
        event_id = answer.json()["event"]
        return None if event_id is None else int(event_id)
    except (ValueError, TypeError, KeyError):
        raise RefusedError(
            "the address belongs to another server than Mintpost's API; give the right one: "
            f"{_again(wish, '--url URL')}"
        ) from None


def _results(
    session: Session, event: EventLine, earlier: EarlierOrder | None, mailed: int
) -> Triggered:
    """Read the licenses and new mails. `mailed` is the last mail from before the event."""
    order_id = event.order_id or (earlier.sale.order_id if earlier else None)
    if order_id is None or event.kind == EventKind.TEST_PING:
        # A test event names a real customer's order.
        order_id = f"event:{event.id}"
        licenses = load_order(session, event.source, order_id).licenses
    else:
        licenses = licenses_around(session, event.source, order_id)
    if event.order_id is None and licenses:
        order_id = licenses[0].order_id  # A membership is shown by the order of its license.
    mails = [
        mail
        for each in licenses
        for mail in list_deliveries(session, Filters(source=each.source, order_id=each.order_id))
        if mail.license_id == each.id and mail.id > mailed
    ]
    return Triggered(event, licenses, mails, order_reference(event.source, order_id))
