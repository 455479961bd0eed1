"""An answer of the webhook that lets no event be followed ends in a sentence."""

from datetime import timedelta

import httpx
import pytest

from db.engine import Database
from domain.catalog import Catalog, Offer
from domain.license import Term
from kit.refusals import RefusedError
from operations.checks import SampleSender
from operations.trigger import Trigger
from operations.wished_events import Wish
from storefronts.registry import DEFAULT
from storefronts.sample_events import SampleEvent
from tests.db.rows import store_event
from tests.storefronts.kiosk.package import KIOSK

CATALOG = Catalog({DEFAULT.name: (Offer("lumen", "core", Term(12)),)}, "0" * 64)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def refusal(
    database: Database, answer: httpx.Response, wish: Wish, package: object = DEFAULT
) -> str:
    shop = (KIOSK if package is KIOSK else DEFAULT).sample_shop("secret")
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
        sender = SampleSender(http, "http://shop", database, shop)
        trigger = Trigger(sender, lambda: CATALOG, lambda _: None, timedelta(0))
        with pytest.raises(RefusedError) as refused:
            await trigger.send(wish)
    return str(refused.value)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (httpx.Response(404), "http://shop answers 404: are address and secret right?"),
        (httpx.Response(200, text="<html>"), "right one: `mintpost trigger sale --url URL`"),
        (httpx.Response(200, json={"event": None}), "the event waits in the spool"),
        (httpx.Response(200, json={"event": 1}), "http://shop keeps its events in another data"),
    ],
)
async def test_an_answer_without_an_event_is_told(
    database: Database, answer: httpx.Response, sentence: str
) -> None:
    database.write_here(store_event)  # Another event has the id 1 here.
    wish = Wish(event=SampleEvent.SALE, source=DEFAULT.name)
    assert sentence in await refusal(database, answer, wish)


async def test_an_event_without_sense_is_told(database: Database) -> None:
    first = Wish(event=SampleEvent.GIFT, source=DEFAULT.name, order="order-1")
    assert await refusal(database, httpx.Response(200), first) == (
        "gift belongs to no earlier order: leave out --order: `mintpost trigger gift`"
    )
    assert "the events that it has: none" in await refusal(
        database, httpx.Response(200), first, KIOSK
    )
