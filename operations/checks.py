"""Check a sale from the outside, as a buyer's app, a repeated request and a stranger see it."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

import httpx

from db.engine import Database
from db.views.lists import (
    DeliveryLine,
    EventLine,
    Filters,
    LicenseLine,
    list_deliveries,
    list_events,
    list_licenses,
)
from domain.delivery import SENT, UNDELIVERED, DeliveryStatus
from domain.event import Outcome
from kit.agents import TRIAL_AGENT
from kit.clock import utc_now
from licensing.tokens import PublicKey, TokenInvalidError, verify_token
from storefronts.package import StorefrontPackage
from storefronts.registry import DEFAULT
from storefronts.sample import SampleRequest, SampleSale, SampleShop

LOOK = timedelta(milliseconds=50)
VOLATILE = {"date"}
ARRIVING = [each for each in SENT if each not in UNDELIVERED]


@dataclass(frozen=True, slots=True)
class Check:
    """A claim about a sale. `found`: the fact that breaks the claim.

    `shown`: false if nothing was tried, so that the claim proves nothing.
    """

    sentence: str
    holds: bool
    found: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class SampleSender:
    """Send requests as a storefront does, and read the database behind the webhook."""

    http: httpx.AsyncClient
    url: str
    database: Database
    sample_shop: SampleShop
    package: StorefrontPackage = DEFAULT

    async def send(self, sample: SampleSale) -> httpx.Response:
        return await self.post(self.sample_shop.request(sample))

    async def send_as_stranger(self, sample: SampleSale, path: str | None = None) -> httpx.Response:
        request = self.sample_shop.strangers_request(sample)
        headers = {**request.headers, "User-Agent": TRIAL_AGENT}
        return await self.post(replace(request, headers=headers), path)

    async def post(self, request: SampleRequest, path: str | None = None) -> httpx.Response:
        """Send a request after those that belong to it, so that its own run knows all of them."""
        for each in request.also:
            await self.post(each, path)
        return await self.http.post(
            f"{self.url}/webhooks/{self.package.name if path is None else path}",
            params=request.query,
            content=request.body,
            headers=request.headers,
        )

    async def events(self, sample: SampleSale) -> list[EventLine]:
        return await self.database.read(list_events, self._of(sample))

    async def licenses(self, sample: SampleSale) -> list[LicenseLine]:
        return await self.database.read(list_licenses, self._of(sample))

    async def deliveries(self, sample: SampleSale) -> list[DeliveryLine]:
        return await self.database.read(list_deliveries, self._of(sample))

    def _of(self, sample: SampleSale) -> Filters:
        return Filters(source=self.package.name, order_id=sample.order_id)

    async def settled(self, sample: SampleSale, patience: timedelta) -> bool:
        """Wait until every event of the order has an outcome; False when patience ends."""
        deadline = monotonic() + patience.total_seconds()
        while monotonic() < deadline:
            events = await self.events(sample)
            if events and all(event.outcome is not None for event in events):
                return True
            await asyncio.sleep(LOOK.total_seconds())
        return False


async def check_sale(shop: SampleSender, sample: SampleSale) -> list[Check]:
    """Check that the order has one license, one e-mail, and events that are processed."""
    licenses = await shop.licenses(sample)
    statuses = [delivery.status for delivery in await shop.deliveries(sample)]
    outcomes = [event.outcome for event in await shop.events(sample)]
    processed = all(event.processed for event in await shop.events(sample))
    return [
        Check("one license", len(licenses) == 1, f"{len(licenses)} licenses"),
        Check("one e-mail", statuses in [[each] for each in ARRIVING], f"deliveries: {statuses}"),
        Check("its event is processed", processed and bool(outcomes), f"{outcomes}"),
    ]


async def check_token(shop: SampleSender, token: str) -> Check:
    """Verify a token as a buyer's app does, with the public keys of the API."""
    sentence = "the token verifies against the JWKS"
    answer = await shop.http.get(f"{shop.url}/.well-known/jwks.json")
    keys = [PublicKey(key["kid"], key["x"]) for key in answer.json()["keys"]]
    try:
        verified = verify_token(token, keys, utc_now())
    except TokenInvalidError as error:
        return Check(sentence, holds=False, found=str(error))
    return Check(sentence, verified.holds, "it has expired")


async def check_repetition(shop: SampleSender, sample: SampleSale, patience: timedelta) -> Check:
    """Send the same request again. The only new row may be an event."""
    known = len(await shop.events(sample))
    before = [await shop.licenses(sample), await shop.deliveries(sample)]
    await shop.send(sample)
    settled = await shop.settled(sample, patience)
    after = [await shop.licenses(sample), await shop.deliveries(sample)]
    events = await shop.events(sample)
    has_keys = shop.package.abilities.event_keys
    is_known = len(events) == known if has_keys else events[0].outcome == Outcome.DUPLICATE
    return Check(
        "the same request again changes nothing",
        settled and before == after and is_known,
        f"its outcome is {events[0].outcome}",
    )


async def check_stranger(shop: SampleSender, sample: SampleSale) -> Check:
    """Compare the answers to a wrong secret and to an unknown path."""
    count = len(await shop.events(sample))
    wrong = await shop.send_as_stranger(sample)
    unknown = await shop.send_as_stranger(sample, path="no-such-storefront")
    # A proxy may number its answers, so two requests to one path show the headers to ignore.
    equal = await shop.send_as_stranger(sample, path="no-such-storefront")
    telling = {name for name, value in unknown.headers.items() if value == equal.headers.get(name)}
    telling |= wrong.headers.keys() - unknown.headers.keys()
    stored = len(await shop.events(sample)) - count
    return Check(
        "a wrong secret gets the unknown path's answer, and nothing is stored",
        _visible(wrong, telling) == _visible(unknown, telling) and not stored,
        f"{wrong.status_code} and {unknown.status_code}, {stored} rows",
    )


async def check_mailed(shop: SampleSender, sample: SampleSale) -> list[Check]:
    """Say that nobody got the e-mail, because no arrival was tried then."""
    if all(delivery.status != DeliveryStatus.LOGGED for delivery in await shop.deliveries(sample)):
        return []
    found = (
        "it was only written into the outbox, and so is each buyer's: set POSTMARK_TOKEN and "
        "EMAIL_FROM for the worker, restart it, and run this again"
    )
    return [Check("nobody got the e-mail", holds=True, found=found, shown=False)]


def _visible(answer: httpx.Response, telling: Collection[str]) -> object:
    shown = set(telling) - VOLATILE
    headers = [(name, value) for name, value in answer.headers.items() if name in shown]
    return answer.status_code, headers, answer.content
