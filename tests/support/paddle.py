"""A Mintpost that sells through Paddle, with Paddle's API on the loopback."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from fakes.paddle_api import FakePaddleApi
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.keyed_api import KeyedApi
from storefronts.paddle.package import PADDLE
from storefronts.paddle.storefront import Paddle
from tests.storefronts.paddle.bodies import (
    DATA,
    SANDBOX_BUYER,
    SECRETS,
    body_of,
    headers_of,
    signed,
)
from tests.support.running import Mintpost, Setup, Start, running
from tests.support.serving import serving
from tests.support.waiting import until

BASIC, SYNC = "pri_01kb4ef5ng0ej1ve2szszy6nvm", "pro_01kbnwqnv0kcqktwg00eqp16vc"
PRODUCTS = f"""\
paddle:
  - {{product_id: {BASIC}, tier: basic}}
  - {{product_id: {SYNC}, tier: sync, months: 12}}
"""
END_OF_FIRST = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
END_OF_RENEWAL = datetime(2027, 11, 3, 23, 59, 59, tzinfo=UTC)
OWN_IDS = re.compile(rb'"((?:txn|sub|evt|adj|ntf|txnitm)_[0-9a-z]+)"')
UNIQUE = datetime.now(UTC).strftime("%H%M%S%f")
"""Temporal may still end the run of an earlier order of this name."""


def named(body: bytes, name: str) -> bytes:
    """Return the body with ids of its own, so that several stories run side by side."""
    return OWN_IDS.sub(rb'"\g<1>' + f"-{name}-{UNIQUE}".encode() + b'"', body)


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    api: FakePaddleApi

    async def send(self, body: bytes, side: str = "live") -> int:
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/paddle",
            content=body,
            headers=signed(body, SECRETS[side], datetime.now(UTC)),
        )
        return answer.status_code

    async def play(self, names: Iterable[str], story: str) -> dict[str, str | None]:
        """Send recorded bodies one after another. Return the outcome of each."""
        for name in names:
            side = headers_of(name)["secret"]
            assert await self.send(named(body_of(name), story), side) == 200
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


def client(url: str, **more: object) -> KeyedApi:
    """Return the worker's client, as the settings of an operator open it."""
    given = {
        "paddle_api_key": "live-api-key",
        "paddle_test_api_key": "test-api-key",
        "paddle_api_url": url,
        "paddle_test_api_url": url,
        **more,
    }
    api = PADDLE.open_for_worker(lambda kind: kind.model_validate(given)).api
    assert isinstance(api, KeyedApi)
    return api


@asynccontextmanager
async def paddle_shop(
    setup: Setup, *, start: Start = running, **more: object
) -> AsyncIterator[Shop]:
    """Run a Mintpost that sells through Paddle. `more` are further settings of the client."""
    api = FakePaddleApi()
    api.load(DATA / "api")
    sandbox = f"/customers/{SANDBOX_BUYER['data']['id']}"
    api.add(sandbox, json.dumps(SANDBOX_BUYER).encode(), "test")
    async with serving(api.app) as url:
        secrets = [LabeledSecret(SECRETS["live"]), LabeledSecret(SECRETS["sandbox"], "test")]
        setup.others = {"paddle": Paddle(secrets, api=client(url, **more))}
        setup.products = PRODUCTS
        async with start(setup) as started:
            yield Shop(started, api)
