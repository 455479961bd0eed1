"""Strangers at the doors of all shops at once, and shops whose ids are those of another shop."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest

from kit.doors.labeled_secrets import LabeledSecret
from kit.doors.signatures import digest
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from storefronts.paddle.storefront import Paddle
from storefronts.polar.keys import signature as polar_signature
from storefronts.polar.storefront import Polar
from storefronts.stripe.sample import signature as stripe_signature
from storefronts.stripe.storefront import Stripe
from tests.storefronts.paddle.bodies import signed as paddle_signed
from tests.support.leaks import LeakSearch
from tests.support.running import Mintpost, Setup
from tests.support.stepping import stepping

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Headers: TypeAlias = dict[str, str]
Sign: TypeAlias = Callable[[bytes, str, datetime], Headers]
BODY = b'{"type": "unheard.of", "data": {}}'


def sign_polar(body: bytes, secret: str, at: datetime) -> Headers:
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": "evt-1",
        "webhook-timestamp": seconds,
        "webhook-signature": polar_signature(secret, "evt-1", seconds, body),
    }


def sign_stripe(body: bytes, secret: str, at: datetime) -> Headers:
    return {"stripe-signature": stripe_signature(body, secret, at)}


def sign_lemonsqueezy(body: bytes, secret: str, _at: datetime) -> Headers:
    return {"x-signature": digest(secret.encode(), b"", body).hex()}


def sign_paddle(body: bytes, secret: str, at: datetime) -> Headers:
    (signature,) = (text for name, text in paddle_signed(body, secret, at).items() if "ig" in name)
    return {"paddle-signature": signature}


SIGN: Mapping[str, Sign] = {
    "polar": sign_polar,
    "stripe": sign_stripe,
    "paddle": sign_paddle,
    "lemonsqueezy": sign_lemonsqueezy,
}
SECRETS = {shop: f"{shop}, with a comma and bl\u00e4nks \u2603" for shop in SIGN}


@dataclass(frozen=True, slots=True)
class Doors:
    mintpost: Mintpost

    async def ask(
        self, path: str, body: bytes, headers: Headers, method: str = "POST"
    ) -> tuple[int, bytes, Headers]:
        """Return all of the answer but its date."""
        url = f"{self.mintpost.url}{path}"
        answer = await self.mintpost.http.request(method, url, content=body, headers=headers)
        told = {name: text for name, text in answer.headers.items() if name != "date"}
        return answer.status_code, answer.content, told

    async def post(self, shop: str, body: bytes, headers: Headers) -> int:
        return (await self.ask(f"/webhooks/{shop}", body, headers))[0]

    async def are_strangers(self, shop: str, body: bytes, headers: Headers) -> bool:
        told = await self.ask(f"/webhooks/{shop}", body, headers)
        return told == await self.ask("/unknown", b"", {})


@pytest.fixture
async def doors(setup: Setup, leak_search: LeakSearch) -> AsyncIterator[Doors]:
    leak_search.keep_private(*SECRETS.values())
    kinds: Mapping[str, type[Polar | Stripe | Paddle | LemonSqueezy]] = {
        "polar": Polar,
        "stripe": Stripe,
        "paddle": Paddle,
        "lemonsqueezy": LemonSqueezy,
    }
    setup.others = {name: kind([LabeledSecret(SECRETS[name])]) for name, kind in kinds.items()}
    setup.with_worker = False
    async with stepping(setup) as started:
        yield Doors(started)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("shop", SIGN)
async def test_only_the_shops_own_signature_at_its_own_path_opens(doors: Doors, shop: str) -> None:
    good = SIGN[shop](BODY, SECRETS[shop], now())
    others = {other: SIGN[other](BODY, SECRETS[shop], now()) for other in SIGN if other != shop}
    everything = {name: text for other in others.values() for name, text in other.items()}

    assert await doors.post(shop, BODY, good) == 200
    for other in others:
        assert await doors.are_strangers(other, BODY, good)
        assert await doors.are_strangers(other, BODY, {**everything, **good})
        wrong = SIGN[shop](BODY, SECRETS[other], now())
        assert await doors.are_strangers(shop, BODY, wrong)
    assert len(await doors.mintpost.events()) == 1


@pytest.mark.parametrize("shop", SIGN)
async def test_a_changed_stale_or_halved_request_is_a_strangers(doors: Doors, shop: str) -> None:
    secret, sign = SECRETS[shop], SIGN[shop]
    good = sign(BODY, secret, now())
    changed = [BODY + b" ", BODY[:-1], b"", BODY.replace(b"data", b"DATA")]

    for body in changed:
        assert await doors.are_strangers(shop, body, good)
    for left in good:
        assert await doors.are_strangers(shop, BODY, {k: v for k, v in good.items() if k != left})
        assert await doors.are_strangers(shop, BODY, {**good, left: ""})
    for away in (-301, 301) if shop != "lemonsqueezy" else ():
        stale = sign(BODY, secret, now() + timedelta(seconds=away * 1.01))
        assert await doors.are_strangers(shop, BODY, stale)
    assert await doors.mintpost.events() == []


@pytest.mark.parametrize("shop", SIGN)
async def test_two_mebibytes_and_other_methods_are_a_strangers(doors: Doors, shop: str) -> None:
    large = json.dumps({"type": "x" * (2 * 1024 * 1024)}).encode()
    assert await doors.are_strangers(shop, large, SIGN[shop](large, SECRETS[shop], now()))

    good = SIGN[shop](BODY, SECRETS[shop], now())
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"):
        for path in (f"/webhooks/{shop}", f"/webhooks/{shop}/", f"/webhooks/{shop.upper()}"):
            told = await doors.ask(path, BODY, good, method)
            assert told == await doors.ask("/unknown", b"", {}, method)
    assert await doors.mintpost.events() == []
    assert SECRETS[shop] not in (await doors.mintpost.http.get(f"{doors.mintpost.url}/readyz")).text


@pytest.mark.parametrize("shop", SIGN)
async def test_body_of_a_mebibyte_and_many_lines_is_answered(doors: Doors, shop: str) -> None:
    line = {"price": {"id": "pri_1", "product_id": "pro_1"}, "quantity": 1}
    data = {"items": [line] * 10_000}
    told = {"event_type": "transaction.completed", "type": "order.paid", "data": data}
    body = json.dumps(told).encode()[: 1024 * 1024]

    assert await doors.post(shop, body, SIGN[shop](body, SECRETS[shop], now())) == 200
    assert [each.kind for each in await doors.mintpost.events()] == ["unknown"]


async def test_one_event_id_at_two_shops_is_two_events(doors: Doors) -> None:
    told = {"type": "unheard.of", "event_type": "unheard.of", "id": "evt-1", "event_id": "evt-1"}
    body = json.dumps({**told, "data": {}}).encode()

    for shop, sign in SIGN.items():
        for _ in range(2):
            assert await doors.post(shop, body, sign(body, SECRETS[shop], now())) == 200
    sources = [each.source for each in await doors.mintpost.events()]
    # Lemon Squeezy sends no id, so copies of a body without an object are told apart later.
    assert {*sources} == {*SIGN}
    assert all(sources.count(shop) == 1 for shop in ("polar", "stripe", "paddle"))
