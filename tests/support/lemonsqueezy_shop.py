"""A Mintpost that sells through Lemon Squeezy, with Lemon Squeezy's API on the loopback."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from fakes.lemonsqueezy_api import FakeLemonSqueezyApi
from kit.doors.labeled_secrets import LabeledSecret
from kit.doors.signatures import digest
from storefronts.keyed_api import KeyedApi
from storefronts.lemonsqueezy.package import LEMON_SQUEEZY
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from tests.storefronts.lemonsqueezy.told import DATA, body, headers, order_path
from tests.support.running import Mintpost, Setup, Start, running
from tests.support.serving import serving
from tests.support.waiting import until

PRODUCTS = """\
lemonsqueezy:
  - {product_id: "659205", tier: basic}
  - {product_id: "412751", tier: studio}
  - {product_id: "652777", tier: sync}
  - {product_id: "416658", tier: brushes}
"""
SECRETS = json.loads((DATA / "secrets.json").read_bytes())
OWN_IDS = re.compile(rb"\b(5261679|5271535|5255825|5216606|5275614|1131464|2708437)\b")
UNIQUE = int(datetime.now(UTC).strftime("%d%H%M%S%f"))
"""Temporal may still end the run of an earlier order of this number."""


def named(content: bytes, story: int) -> bytes:
    """Return the body with numbers of its own, so that several stories run side by side."""
    return OWN_IDS.sub(rb"\g<1>" + f"{UNIQUE}{story:03}".encode(), content)


def story_of(order_id: str) -> int:
    return int(order_id[-3:])


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    api: FakeLemonSqueezyApi

    async def send(self, content: bytes, side: str = "live") -> int:
        """Send an event, of which the shop's API knows as soon as the shop does."""
        self.api.learn(content)
        signature = digest(SECRETS[side].encode(), b"", content).hex()
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/lemonsqueezy",
            content=content,
            headers={"Content-Type": "application/json", "X-Signature": signature},
        )
        return answer.status_code

    async def play(self, names: Iterable[str], story: int = 0) -> dict[str, str | None]:
        """Send recorded bodies one after another. Return the outcome of each."""
        for name in names:
            side = headers(name)["secret"]
            assert await self.send(named(body(name), story), side) == 200
            await self.mintpost.settled()
        events = reversed(await self.mintpost.settled())
        return {name: event.outcome for name, event in zip(names, events, strict=True)}

    async def licenses(self) -> list[tuple[str, str, str | None, datetime | None]]:
        """Return tier, status, reason and end of each license."""
        found = await self.mintpost.licenses()
        return sorted((each.tier, each.status, each.reason, each.expires_at) for each in found)

    async def parked(self, words: str) -> None:
        async def told() -> bool | None:
            (newest, *_) = await self.mintpost.events()
            return True if newest.error is not None and words in newest.error else None

        await until(told, f"the newest event says: {words}")

    def know(self, story: int = 0) -> None:
        """Let the API know what the events do not show: a second line, and a renewal's end."""
        self.api.learn(named(body("06"), story))
        both = (DATA / "api" / "order_with_items_included.json").read_bytes()
        self.api.add(named(order_path("5275614").encode(), story).decode(), named(both, story))


def client(url: str, **more: object) -> KeyedApi:
    """Return the worker's client, as the settings of an operator open it."""
    given = {
        "lemonsqueezy_api_key": "live-api-key",
        "lemonsqueezy_test_api_key": "test-api-key",
        "lemonsqueezy_api_url": url,
        "lemonsqueezy_test_api_url": url,
        **more,
    }
    api = LEMON_SQUEEZY.open_for_worker(lambda kind: kind.model_validate(given)).api
    assert isinstance(api, KeyedApi)
    return api


@asynccontextmanager
async def lemonsqueezy_shop(
    setup: Setup, *, start: Start = running, **more: object
) -> AsyncIterator[Shop]:
    """Run a Mintpost that sells through the shop. `more` are further settings of the client."""
    api = FakeLemonSqueezyApi()
    async with serving(api.app) as url:
        secrets = [LabeledSecret(SECRETS["live"]), LabeledSecret(SECRETS["test"], "test")]
        setup.others = {"lemonsqueezy": LemonSqueezy(secrets, api=client(url, **more))}
        setup.products = PRODUCTS
        async with start(setup) as started:
            yield Shop(started, api)
