"""A fake of a shop's API refuses, answers and fails as a shop does, and our client meets it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typing_extensions import override

from domain.errors import StorefrontAwayError, StorefrontRefusesError
from domain.questions import Answer, Question
from fakes.reactions import json_reply
from fakes.shop_api import FakeShopApi, Refusals
from fakes.shop_faults import AWAY, EMPTY_PAGE, ENDLESS, HANG, Fault, too_many
from storefronts.api_account import ApiAccount
from storefronts.http_get import WHEN_TOO_MANY
from storefronts.keyed_api import KeyedApi
from tests.support.serving import serving

ORDERS = Question("/v1/orders/?page=1&expand%5B%5D=items", "orders", "read rights for orders")
BODY = b'{"items": [{"id": 17}, {"id": 18}], "more": false}'


@dataclass(slots=True)
class MarketApi(FakeShopApi):
    refusals: ClassVar[Refusals] = Refusals(
        no_key=json_reply({"error": "no key"}, 401),
        wrong_key=json_reply({"error": "wrong key"}, 401),
        lacks_right=json_reply({"error": "no right"}, 403),
        not_found=json_reply({"error": "not found"}, 404),
    )
    headers: ClassVar[Mapping[str, str]] = {"Market-Version": "3"}

    @override
    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return {**page, "items": [], "more": True}

    @override
    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return {**page, "more": True}


@dataclass(frozen=True, slots=True)
class Market:
    api: MarketApi
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Market-Version": "3"})

    async def ask(
        self, question: Question = ORDERS, key: str | None = "live-api-key", label: str = "live"
    ) -> Answer:
        accounts = {label: ApiAccount(self.url, "MARKET_API_KEY", key)}
        return await KeyedApi(
            "Market",
            accounts,
            lambda got: got.status == 403,
            self.headers,
            patience=timedelta(seconds=0.2) if self.api.always == HANG else None,
        ).ask(question, label)


@pytest.fixture
async def market() -> AsyncIterator[Market]:
    api = MarketApi()
    api.add("/v1/orders/?expand[]=items&page=1", BODY)
    async with serving(api.app) as url:
        yield Market(api, url)


async def test_an_answer_stands_under_its_target_however_the_query_is_written(
    market: Market,
) -> None:
    answer = await market.ask()

    assert (answer.path, answer.status, answer.body) == (ORDERS.path, 200, BODY)
    assert market.api.asked == market.api.granted == [ORDERS.path]


async def test_the_key_decides_which_side_answers(market: Market) -> None:
    answer = await market.ask(key="test-api-key", label="test")
    assert not answer.is_found

    market.api.add(ORDERS.path, b"{}", "test")
    assert (await market.ask(key="test-api-key", label="test")).body == b"{}"
    assert (await market.ask()).body == BODY


async def test_a_target_that_nobody_added_is_unknown(market: Market) -> None:
    assert not (await market.ask(Question("/v1/orders/17", "an order", "a right"))).is_found


async def test_a_key_that_is_not_set_is_asked_for_and_nobody_is_asked(market: Market) -> None:
    with pytest.raises(StorefrontRefusesError, match="MARKET_API_KEY is not set"):
        await market.ask(key=None)
    assert market.api.asked == []


async def test_a_wrong_key_is_told_by_its_variable(market: Market) -> None:
    with pytest.raises(StorefrontRefusesError, match=r"key in MARKET_API_KEY \(401\)"):
        await market.ask(key="another")


async def test_a_key_without_the_right_is_told_with_the_right(market: Market) -> None:
    market.api.lacking.add("/v1/orders")
    with pytest.raises(StorefrontRefusesError, match="give it read rights for orders"):
        await market.ask()
    assert market.api.granted == []


async def test_a_request_without_the_shops_own_header_is_refused(market: Market) -> None:
    with pytest.raises(StorefrontAwayError, match="answered 400"):
        await Market(market.api, market.url, {}).ask()


@pytest.mark.parametrize("name", AWAY)
async def test_a_fault_is_one_that_passes_and_the_next_request_succeeds(
    market: Market, name: str
) -> None:
    market.api.faults.append(AWAY[name])
    with pytest.raises(StorefrontAwayError):
        await market.ask()

    assert (await market.ask()).body == BODY
    assert market.api.asked == [ORDERS.path] * 2


@pytest.mark.parametrize(
    ("fault", "wait"),
    [(too_many(), WHEN_TOO_MANY), (too_many(12), timedelta(seconds=12))],
)
async def test_the_wait_that_the_shop_wishes_is_told(
    market: Market, fault: Fault, wait: timedelta
) -> None:
    market.api.faults.append(fault)
    with pytest.raises(StorefrontAwayError) as raised:
        await market.ask()
    assert raised.value.retry_after == wait


async def test_a_silent_shop_is_away(market: Market) -> None:
    market.api.always = HANG
    with pytest.raises(StorefrontAwayError, match="gave no answer"):
        await asyncio.wait_for(market.ask(), 10)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (EMPTY_PAGE, b'{"items": [], "more": true}'),
        (ENDLESS, b'{"items": [{"id": 17}, {"id": 18}], "more": true}'),
    ],
)
async def test_a_list_may_lie_about_its_pages(market: Market, fault: Fault, told: bytes) -> None:
    market.api.always = fault
    assert (await market.ask()).body == told
    assert not (await market.ask(Question("/v1/none", "none", "a right"))).is_found


async def test_a_directory_of_answers_is_loaded_by_its_index(
    market: Market, tmp_path: Path
) -> None:
    (tmp_path / "order.json").write_bytes(b'{"id": 17}')
    (tmp_path / "index.json").write_text(
        '[{"file": "order.json", "request": "GET /v1/orders/17", "key": "live", "status": 200},'
        ' {"file": "gone.json", "request": "GET /v1/orders/18", "key": "live", "status": 404},'
        ' {"when": "no key", "status": 401, "body": {}}]'
    )
    market.api.load(tmp_path)

    assert (await market.ask(Question("/v1/orders/17", "an order", "a right"))).body == (
        b'{"id": 17}'
    )
