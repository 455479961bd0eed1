"""A shop's own id of an event makes one event of its deliveries, however long the bodies are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from typing_extensions import override

from api.webhooks import LONGEST_NAMED
from domain.errors import SaleInvalidError
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.base import Naming, StoredRequest
from storefronts.document import read_document
from tests.storefronts.kiosk.sample import KioskEvent, line, paid, refunded
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.databases import ON_SQLITE
from tests.support.histories import keep_history
from tests.support.outages import database_away
from tests.support.running import Mintpost, Setup, Start, running
from tests.support.spooling import HURRIED
from tests.support.stepping import stepping
from tests.support.waiting import until

SECRET = "a secret"
PRODUCTS = "kiosk:\n  - {product_id: '5', tier: core, years: 1}\n"
REPEATED = "the storefront sent event 1 once more"


class KeyInBody(Kiosk):
    """The kiosk, if it named its events in the body alone."""

    @override
    def key_in_header(self, request: StoredRequest) -> str | None:
        return None

    @override
    def name_request(self, request: StoredRequest) -> Naming:
        try:
            key = read_document(request.body)["key"].identifier()
        except SaleInvalidError:
            key = None
        return replace(super().name_request(request), event_key=key)


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    number: str
    spool: Path

    def event(self, *, long: bool = True) -> KioskEvent:
        """Return the payment of an order; a long body has a note that nobody reads."""
        event = paid(self.number, line(1, 5), note="x" * LONGEST_NAMED if long else "")
        return keyed(event, f"evt_{self.number}")

    async def send(self, event: KioskEvent) -> int:
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/kiosk",
            content=event.body,
            headers=event.headers(SECRET),
        )
        return answer.status_code

    async def ends(self) -> list[tuple[str, str | None]]:
        """Return outcome and note of every event, in order of arrival."""
        found = await self.mintpost.settled()
        return [(str(event.outcome), event.note) for event in reversed(found)]

    async def drained(self) -> None:
        """Wait until every spooled request is in the database."""

        async def is_empty() -> bool | None:
            return None if any(self.spool.glob("*.json")) else True

        await until(is_empty, "the spool is empty")

    async def minted(self) -> tuple[int, int]:
        return len(await self.mintpost.licenses()), len(await self.mintpost.deliveries())


def keyed(event: KioskEvent, key: str) -> KioskEvent:
    return KioskEvent({**event.content, "key": key}, key)


@asynccontextmanager
async def started(setup: Setup, kind: type[Kiosk], start: Start = running) -> AsyncIterator[Shop]:
    setup.others = {"kiosk": kind([LabeledSecret(SECRET)])}
    setup.products = PRODUCTS
    async with start(setup) as mintpost:
        yield Shop(mintpost, str(uuid4()), setup.folder / "spool")


@pytest.fixture
async def header(setup: Setup) -> AsyncIterator[Shop]:
    async with started(setup, Kiosk, stepping) as shop:
        yield shop


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Shop]:
    async with started(setup, KeyInBody, stepping) as shop:
        yield shop


@pytest.fixture
async def body(setup: Setup) -> AsyncIterator[Shop]:
    async with started(setup, KeyInBody) as shop:
        yield shop


@ON_SQLITE
async def test_key_in_a_header_makes_one_event_of_long_bodies(header: Shop) -> None:
    event = header.event()
    assert await asyncio.gather(*(header.send(event) for _ in range(3))) == [200] * 3
    assert await header.ends() == [("fulfilled", None)]
    assert await header.send(event) == 200
    assert await header.ends() == [("fulfilled", None)]
    assert await header.minted() == (1, 1)


@ON_SQLITE
@pytest.mark.parametrize("kind", [Kiosk, KeyInBody])
async def test_spooled_long_bodies_with_one_key_are_one_event(
    setup: Setup, kind: type[Kiosk]
) -> None:
    setup.storing = HURRIED
    async with started(setup, kind) as shop:
        event = shop.event()
        with database_away(setup.database.engine.url):
            assert await asyncio.gather(*(shop.send(event) for _ in range(2))) == [200] * 2
            assert await shop.send(event) == 200
        await shop.drained()
        ends = await shop.ends()
        repeated = [note for outcome, note in ends if outcome == "duplicate"]
        assert len(ends) - len(repeated) == 1
        assert len(repeated) == (0 if kind is Kiosk else 2)
        assert all("once more" in str(note) for note in repeated)
        assert await shop.minted() == (1, 1)


@ON_SQLITE
async def test_key_in_a_long_body_ends_its_second_delivery_as_a_duplicate(body: Shop) -> None:
    assert await body.send(body.event()) == 200
    assert await body.ends() == [("fulfilled", None)]
    assert await body.send(body.event()) == 200
    assert await body.ends() == [("fulfilled", None), ("duplicate", REPEATED)]
    assert await body.minted() == (1, 1)
    newest, _ = await body.mintpost.settled_and_named()
    run = body.mintpost.client.get_workflow_handle(str(newest.workflow_id))
    await run.result()
    await keep_history("fulfill_sale.1.repeated-event", run)


async def test_keys_in_long_bodies_that_come_at_once_are_one_event(body: Shop) -> None:
    assert await asyncio.gather(*(body.send(body.event()) for _ in range(4))) == [200] * 4
    ends = await body.ends()
    assert sorted(outcome for outcome, _ in ends) == ["duplicate"] * 3 + ["fulfilled"]
    assert all("once more" in str(note) for outcome, note in ends if outcome == "duplicate")
    assert await body.minted() == (1, 1)


@ON_SQLITE
@pytest.mark.parametrize("first", ["long", "short"])
async def test_key_holds_between_a_long_and_a_short_body(stepped: Shop, first: str) -> None:
    await stepped.send(stepped.event(long=first == "long"))
    assert await stepped.ends() == [("fulfilled", None)]
    await stepped.send(stepped.event(long=first == "short"))
    repeated = [] if first == "long" else [("duplicate", REPEATED)]
    assert await stepped.ends() == [("fulfilled", None), *repeated]
    assert await stepped.minted() == (1, 1)


@ON_SQLITE
async def test_repeated_refund_is_a_duplicate_of_its_event_alone(stepped: Shop) -> None:
    note = {"note": "x" * LONGEST_NAMED}
    event = refunded(stepped.number)
    for _ in range(2):
        await stepped.send(keyed(KioskEvent({**event.content, **note}), "evt_refund"))
        await stepped.ends()
    assert await stepped.ends() == [("noted:no_sale_yet", None), ("duplicate", REPEATED)]


@ON_SQLITE
async def test_two_events_of_one_order_keep_keys_of_their_own(stepped: Shop) -> None:
    for key in ("evt_1", "evt_2"):
        await stepped.send(keyed(stepped.event(), key))
        await stepped.ends()
    (_, first), (outcome, note) = await stepped.ends()
    assert (first, outcome) == (None, "duplicate")
    assert str(note).startswith("the order was settled by event 1")
