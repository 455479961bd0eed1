"""An answer of the webhook that lets no event be followed ends in a sentence."""

from dataclasses import replace
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
from storefronts.package import StorefrontPackage
from storefronts.registry import DEFAULT, package_of
from storefronts.sample_events import SampleEvent
from tests.db.rows import mint, sale_of, store_event
from tests.storefronts.kiosk.package import KIOSK

CATALOG = Catalog({DEFAULT.name: (Offer("lumen", "core", Term(12)),)}, "0" * 64)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def refusal(
    database: Database, answer: httpx.Response, wish: Wish, package: StorefrontPackage | None = None
) -> str:
    package = package or DEFAULT
    shop = package.sample_shop("secret")
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
        sender = SampleSender(http, "http://shop", database, shop, package)
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


async def test_an_event_of_the_other_side_is_refused_with_the_command_of_its_side(
    database: Database,
) -> None:
    for name, is_test in (("a test", True), ("real", False)):
        sale = replace(sale_of(name), source="polar", test=is_test)
        database.write_here(mint, sale, key=f"KEY-{name}")

    async def refused(order: str, *, live: bool) -> str:
        wish = Wish(event=SampleEvent.REFUND, source="polar", order=order, live=live)
        return await refusal(database, httpx.Response(200), wish, package_of("polar"))

    of_test = "`mintpost trigger refund --source polar --order 'polar:a test'`"
    assert (await refused("a test", live=True)).endswith(of_test)
    of_real = "`mintpost trigger refund --source polar --order polar:real --live`"
    assert (await refused("real", live=False)).endswith(of_real)
