"""A shop that asks for a pause is asked nothing until the pause is over, by no event."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import StorefrontAwayError
from domain.questions import Question
from fakes.shop_faults import too_many
from storefronts.api_account import ApiAccount
from storefronts.keyed_api import KeyedApi
from tests.fakes.test_shop_api import BODY, ORDERS, MarketApi
from tests.support.serving import serving

OTHER = Question("/v1/orders/17", "an order", "a right")


class Watch:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def test_nothing_is_asked_until_the_pause_is_over_that_the_shop_asked_for() -> None:
    shop, watch = MarketApi(), Watch()
    shop.add(ORDERS.path, BODY)
    shop.faults.append(too_many(12))
    async with serving(shop.app) as url:
        accounts = {"live": ApiAccount(url, "MARKET_API_KEY", "live-api-key")}
        client = KeyedApi("Market", accounts, lambda _: False, MarketApi.headers, watch)
        with pytest.raises(StorefrontAwayError, match="answered 429"):
            await client.ask(ORDERS, "live")
        watch.now += timedelta(seconds=5)
        with pytest.raises(StorefrontAwayError, match="answered 429") as raised:
            await client.ask(OTHER, "live")
        assert raised.value.retry_after == timedelta(seconds=7)
        assert shop.asked == [ORDERS.path]

        watch.now += timedelta(seconds=7)
        assert (await client.ask(ORDERS, "live")).body == BODY
