"""A Mintpost that sells through Polar, whose API is on the loopback."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from fakes.polar_api import FakePolarApi
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.api_account import ApiAccount
from storefronts.keyed_api import KeyedApi
from storefronts.polar.keys import signature
from storefronts.polar.package import POLAR
from storefronts.polar.storefront import Polar
from tests.storefronts.polar.recorded import ORGANIZATION
from tests.support.running import Mintpost, Setup, Start, running
from tests.support.serving import serving

LIVE, SANDBOX = (
    "whsec_live words, with a comma",
    "whsec_5Rv4/rK/S35HBA1yh0y53mLOLQe14vqU8EHJ2dm/QOI=",
)
PRODUCTS = """\
polar:
  - {product_id: e8ff0851-d949-466d-ad79-a0f9ad1ec278, tier: basic}
  - {product_id: 0b6a90cb-2485-4406-9cd2-22ebfd086ff4, tier: sync}
  - {product_id: b8e2e931-4450-481d-a536-ee47461d2363, tier: team}
"""
ORDERS_AND_SUBSCRIPTIONS = (
    b"4204cf8a-d6b2-4aa5-a1d9-2589374ffe1b",
    b"bdd35c0b-646c-4277-bede-3310312dbf52",
    b"2691e5da-d0d7-4a25-809c-72ea1afe2049",
    b"81eead57-fbf3-4773-984c-75d6eda54ac1",
    b"05702a8e-ba5e-4d48-86d1-90dbeda24153",
    b"b0e4816b-1b90-4c1a-8758-6ab5465d2d95",
    b"0060203f-f742-4441-b020-48c9b1a06e5c",
    b"c97c58df-115b-4cc2-bac7-65ba1ec5d80d",
)
ANY_OF_THEM = re.compile(b"|".join(ORDERS_AND_SUBSCRIPTIONS))


def named(content: bytes, story: str) -> bytes:
    """Give a story orders and a subscription of its own."""
    return ANY_OF_THEM.sub(lambda found: renamed(found[0].decode(), story).encode(), content)


def renamed(identifier: str, story: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{story}/{identifier}"))


@dataclass(frozen=True, slots=True)
class PolarShop:
    mintpost: Mintpost
    api: FakePolarApi

    async def send(self, content: bytes, *, secret: str = LIVE, event_id: str | None = None) -> int:
        """Deliver an event, signed now. Without an id, its body is its only delivery."""
        key = event_id or str(uuid5(NAMESPACE_URL, content.hex()))
        seconds = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": "polar.sh webhooks",
            # The API closes connections that rest, perhaps just when a test uses one again.
            "connection": "close",
            "webhook-id": key,
            "webhook-timestamp": seconds,
            "webhook-signature": signature(secret, key, seconds, content),
        }
        url = f"{self.mintpost.url}/webhooks/polar"
        answer = await self.mintpost.http.post(url, content=content, headers=headers)
        return answer.status_code

    async def outcomes(self) -> list[str | None]:
        """Return the outcome of every event, in order of arrival."""
        return [event.outcome for event in reversed(await self.mintpost.settled())]


@asynccontextmanager
async def polar_shop(
    setup: Setup, key: str | None = "live-api-key", start: Start = running
) -> AsyncIterator[PolarShop]:
    api = FakePolarApi()
    async with serving(api.app) as url:
        accounts = {
            "live": ApiAccount(url, "POLAR_API_KEY", key),
            "test": ApiAccount(url, "POLAR_TEST_API_KEY", None),
        }
        client = KeyedApi("Polar", accounts, lambda got: got.status == 403, POLAR.headers)
        secrets = [LabeledSecret(LIVE), LabeledSecret(SANDBOX, "test")]
        setup.others = {"polar": Polar(secrets, [ORGANIZATION], client)}
        setup.products = PRODUCTS
        async with start(setup) as started:
            yield PolarShop(started, api)


def in_turn(bodies: Sequence[bytes], story: str) -> list[bytes]:
    return [named(each, story) for each in bodies]
