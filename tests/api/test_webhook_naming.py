"""The API names small bodies in a thread, and leaves large ones to the worker."""

import asyncio
import threading
from dataclasses import replace

import httpx
import pytest
from typing_extensions import override

from api.webhooks import LONGEST_NAMED, LONGEST_QUICK
from db.views.lists import EventLine, Filters, list_events
from embedded.ports import NO_TLS
from storefronts.base import Naming, StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request, status
from tests.support.outages import connect_to_nothing
from tests.support.pings import changed, recorded
from tests.support.running import FORM, SECRET, Setup, running_api, web_parts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDINARY = recorded("01")


class Watched(Gumroad):
    """Records the bodies that it named, and the threads."""

    def __init__(self) -> None:
        super().__init__((SECRET,))
        self.named: list[tuple[int, int]] = []

    @override
    def name_request(self, request: StoredRequest) -> Naming:
        self.named.append((len(request.body), threading.get_ident()))
        return super().name_request(request)


async def send(setup: Setup, gumroad: Gumroad, *bodies: bytes) -> list[EventLine]:
    """Send the bodies to an API without a worker. Return the rows in order of arrival."""
    # No run may start, because rows of other tests have the same ids.
    parts = replace(web_parts(setup), storefronts={"gumroad": gumroad}, connect=connect_to_nothing)
    async with (
        running_api(parts) as url,
        httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http,
    ):
        for body in bodies:
            answer = await http.post(
                f"{url}/webhooks/gumroad",
                params={"secret": SECRET},
                content=body,
                headers={"Content-Type": FORM},
            )
            assert answer.status_code == 200
    return (await setup.database.read(list_events, Filters()))[::-1]


async def test_names_an_ordinary_body_beside_the_requests(setup: Setup) -> None:
    gumroad = Watched()
    (row,) = await send(setup, gumroad, ORDINARY)
    ((_, thread),) = gumroad.named
    assert thread != threading.get_ident()
    assert row.kind == "sale"


async def test_leaves_a_large_body_to_the_worker(setup: Setup) -> None:
    gumroad = Watched()
    room = LONGEST_NAMED - len(changed(ORDINARY, padding=""))
    longest = changed(ORDINARY, padding="x" * room)
    rows = await send(setup, gumroad, longest, longest + b"x")
    assert [size for size, _ in gumroad.named] == [LONGEST_NAMED]
    assert [(row.kind, row.order_id is None) for row in rows] == [
        ("sale", False),
        ("unknown", True),
    ]


class Hindered(Gumroad):
    """Names no long body before a short body was named."""

    def __init__(self) -> None:
        super().__init__((SECRET,))
        self.named_a_short_one = threading.Event()

    @override
    def name_request(self, request: StoredRequest) -> Naming:
        if len(request.body) > LONGEST_QUICK:
            assert self.named_a_short_one.wait(10)
        else:
            self.named_a_short_one.set()
        return super().name_request(request)


async def test_ordinary_body_does_not_wait_for_a_long_one(setup: Setup) -> None:
    gumroad = Hindered()
    parts = replace(web_parts(setup), storefronts={"gumroad": gumroad})
    long = changed(ORDINARY, padding="x" * LONGEST_QUICK)
    async with running_api(parts) as url:
        sent = [request("POST", f"/webhooks/gumroad?secret={SECRET}", body=long)] * 4
        sent.append(request("POST", f"/webhooks/gumroad?secret={SECRET}", body=ORDINARY))
        answers = await asyncio.gather(*(exchange(url, each) for each in sent))
    assert [status(answer) for answer in answers] == [200] * 5
