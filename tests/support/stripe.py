"""A Mintpost that sells through Stripe, with Stripe's API on the loopback."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fakes.stripe_api import FakeStripeApi
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.stripe.package import STRIPE
from storefronts.stripe.sample import signature
from storefronts.stripe.storefront import Stripe
from tests.storefronts.stripe.recorded import (
    BASIC,
    SECRETS,
    SYNC,
    body_of,
    headers_of,
    recorded_api,
)
from tests.support.running import Mintpost, Setup, Start, running
from tests.support.serving import serving
from tests.support.waiting import until

STUDIO = "prod_SdamppdMmb770"
PRODUCTS = f"""\
stripe:
  - {{product_id: {BASIC}, tier: basic}}
  - {{product_id: {SYNC}, tier: sync, months: 12}}
  - {{product_id: {STUDIO}, tier: studio}}
"""
OWN_IDS = re.compile(r"\b((?:cs_live|cs_test|sub|evt|in|pi|ch|du|re|li|il|si)_[0-9A-Za-z]{10,})\b")
UNIQUE = datetime.now(UTC).strftime("%H%M%S%f")
"""Temporal may still end the run of an earlier order of this name."""


def named(text: str, story: str) -> str:
    """Return the text with ids of its own, so that several stories run side by side."""
    return OWN_IDS.sub(rf"\g<1>-{story}-{UNIQUE}", text)


def as_sent(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    api: FakeStripeApi

    def know(self, story: str, answers: Mapping[str, Any] | None = None) -> None:
        """Let Stripe's API know the objects of a story: the recorded ones, or `answers`."""
        if answers is None:
            self.know(story, recorded_api(is_test=True))
            self.know(story, recorded_api())
            return
        for path, body in answers.items():
            side = "test" if "cs_test" in path else "live"
            self.api.add(named(path, story), named(json.dumps(body), story).encode(), side)

    async def send(self, told: str, side: str = "live") -> int:
        body = told.encode()
        signed = signature(body, SECRETS[side], datetime.now(UTC))
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/stripe",
            content=body,
            headers={"Content-Type": "application/json", "Stripe-Signature": signed},
        )
        return answer.status_code

    async def play(self, names: Iterable[str], story: str) -> dict[str, str | None]:
        """Send recorded bodies one after another. Return the outcome of each."""
        for name in names:
            side = headers_of(name)["secret"]
            assert await self.send(named(body_of(name).decode(), story), side) == 200
            await self.mintpost.settled()
        events = reversed(await self.mintpost.settled())
        return {name: event.outcome for name, event in zip(names, events, strict=True)}

    async def licenses(self) -> list[tuple[str, str, str | None, datetime | None]]:
        """Return tier, status, reason and end of each license."""
        return [
            (each.tier, each.status, each.reason, each.expires_at)
            for each in await self.mintpost.licenses()
        ]

    async def parked(self, words: str) -> None:
        async def told() -> bool | None:
            (newest, *_) = await self.mintpost.events()
            return True if newest.error is not None and words in newest.error else None

        await until(told, f"the newest event says: {words}")


def opened(url: str, **more: object) -> Stripe:
    """Return both halves, with the worker's client as the settings of an operator open it."""
    given = {
        "stripe_api_key": "live-api-key",
        "stripe_test_api_key": "test-api-key",
        "stripe_api_url": url,
        "stripe_test_api_url": url,
        **more,
    }
    worker = STRIPE.open_for_worker(lambda kind: kind.model_validate(given))
    secrets = [LabeledSecret(SECRETS["live"]), LabeledSecret(SECRETS["test"], "test")]
    return Stripe(secrets, worker.ours, worker.api)


@asynccontextmanager
async def stripe_shop(
    setup: Setup, *, start: Start = running, **more: object
) -> AsyncIterator[Shop]:
    """Run a Mintpost that sells through Stripe. `more` are further settings of the worker."""
    api = FakeStripeApi()
    async with serving(api.app) as url:
        setup.others = {"stripe": opened(url, **more)}
        setup.products = PRODUCTS
        async with start(setup) as started:
            yield Shop(started, api)
