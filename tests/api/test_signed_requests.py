"""A storefront that signs its bodies: only a proven body is stored, and strangers learn nothing."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL

from api import authentication, bodies
from api.assembling import ApiParts
from api.bodies import ALWAYS_ROOM, LONGEST_BODY, UnprovenBodies
from api.bounds import Bounds
from db.engine import Database, open_engine
from db.requests import NewRequest
from kit.clock import utc_now
from kit.doors.signatures import Signature
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.bounded import PATIENT, Web, held
from tests.api.raw_http import exchange, request, status
from tests.support.outages import connect_to_nothing, events_locked
from tests.support.running import SECRET, UNHURRIED, running_api
from tests.support.signing_shop import LIVE, NEXT, TEST, SigningShop, signed
from tests.support.spooling import HURRIED
from tests.support.stored import stored_requests
from tests.support.waiting import until

KNOWN, UNKNOWN = "/webhooks/signing", "/no/such/path"
PATHS = (KNOWN, UNKNOWN, "/webhooks/gumroad", "/webhooks/nobody", "/webhooks/signing/", "/healthz")
BODY = b'{"event": 1}'
LONG = b"x" * (LONGEST_BODY + 1)
FEW = 3


async def serve(sqlite: URL, folder: Path, bounds: Bounds) -> AsyncIterator[Web]:
    shutil.copyfile(str(sqlite.database), folder / "mintpost.db")
    database = Database(open_engine(URL.create("sqlite", database=str(folder / "mintpost.db"))))
    storefronts = {"gumroad": Gumroad((SECRET,)), "signing": SigningShop()}
    spool = Spool(folder / "spool")
    parts = ApiParts(
        database, storefronts, connect_to_nothing, spool, patience=UNHURRIED, bounds=bounds
    )
    async with running_api(parts) as url:
        yield Web(url, database)
    database.dispose()


@pytest.fixture
def unproven(monkeypatch: pytest.MonkeyPatch) -> UnprovenBodies:
    """Return the counter of the `web` that starts after it."""
    counter = UnprovenBodies()
    monkeypatch.setattr(authentication, "UnprovenBodies", lambda: counter)
    return counter


@pytest.fixture
async def web(sqlite: URL, tmp_path: Path) -> AsyncIterator[Web]:
    async for each in serve(sqlite, tmp_path, Bounds()):
        yield each


@pytest.fixture
async def narrow(sqlite: URL, tmp_path: Path) -> AsyncIterator[Web]:
    bounds = Bounds(PATIENT.head, PATIENT.body, PATIENT.answer, PATIENT.ending, per_peer=FEW)
    async for each in serve(sqlite, tmp_path, bounds):
        yield each


def post(path: str, body: bytes, *secrets: str, signs: bytes | None = None) -> bytes:
    signature = signed(body if signs is None else signs, utc_now(), *secrets)
    return request("POST", path, f"X-Signature: {signature}", body=body)


async def until_told(words: str, caplog: pytest.LogCaptureFixture) -> None:
    async def is_told() -> bool | None:
        return words in caplog.text or None

    await until(is_told, f"the log says {words}")


async def stored(web: Web) -> list[NewRequest]:
    return await web.database.read(stored_requests)


@pytest.mark.parametrize(
    ("secret", "matched"), [(LIVE, (0, "live")), (NEXT, (1, "live")), (TEST, (2, "test"))]
)
async def test_a_proven_body_is_stored_whole_with_the_label_of_its_secret(
    web: Web, secret: str, matched: tuple[int, str]
) -> None:
    assert status(await exchange(web.url, post(KNOWN, BODY, secret))) == 200
    (new,) = await stored(web)
    assert (new.body, new.body_bytes) == (BODY, len(BODY))
    assert (new.source, new.matched_secret, new.secret_label) == ("signing", *matched)


async def test_a_gumroad_ping_keeps_the_label_of_a_live_secret(web: Web) -> None:
    sent = request("POST", f"/webhooks/gumroad?secret={SECRET}", body=b"a=1")
    assert status(await exchange(web.url, sent)) == 200
    assert [new.secret_label for new in await stored(web)] == ["live"]


async def test_the_label_stands_in_the_spool(sqlite: URL, tmp_path: Path) -> None:
    shutil.copyfile(str(sqlite.database), tmp_path / "mintpost.db")
    database = Database(open_engine(URL.create("sqlite", database=str(tmp_path / "mintpost.db"))))
    spool = Spool(tmp_path / "spool")
    storefronts = {"signing": SigningShop()}
    parts = ApiParts(database, storefronts, connect_to_nothing, spool, patience=HURRIED)
    with events_locked(database.engine.url):
        async with running_api(parts) as url:
            assert status(await exchange(url, post(KNOWN, BODY, TEST))) == 200
            (file,) = spool.files()
            assert spool.read(file).secret_label == "test"
    database.dispose()


async def test_the_largest_body_that_is_kept_whole_is_verified(web: Web) -> None:
    assert status(await exchange(web.url, post(KNOWN, LONG[:-1], LIVE))) == 200
    assert [new.body_bytes for new in await stored(web)] == [LONGEST_BODY]


@pytest.mark.parametrize("body", [BODY, b"", b"x" * 200_000], ids=["short", "empty", "long"])
async def test_a_wrong_signature_gets_what_an_unknown_path_gets(web: Web, body: bytes) -> None:
    unknown = await exchange(web.url, post(UNKNOWN, body, "nobody's"))
    assert unknown == await exchange(web.url, request("POST", UNKNOWN))
    assert status(unknown) == 404
    for path in PATHS:
        assert await exchange(web.url, post(path, body, "nobody's")) == unknown, path
        assert await exchange(web.url, post(path, body, LIVE, signs=b"another")) == unknown, path
    assert await stored(web) == []


@pytest.mark.parametrize("path", [path for path in PATHS if path != KNOWN])
async def test_a_right_signature_opens_no_other_path(web: Web, path: str) -> None:
    unknown = await exchange(web.url, request("POST", UNKNOWN, body=BODY))
    assert await exchange(web.url, post(path, BODY, LIVE)) == unknown
    assert await stored(web) == []


async def test_every_path_waits_for_the_body_and_verifies_it(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[int] = []
    verify = Signature.verify

    def watched(self: Signature, body: bytes) -> object:
        verified.append(len(body))
        return verify(self, body)

    monkeypatch.setattr(Signature, "verify", watched)
    for path in PATHS:
        verified.clear()
        async with held(web, post(path, BODY, "nobody's")[:-1]) as connection:
            await asyncio.sleep(0)
            assert verified == []
            await connection.send(BODY[-1:])
            assert status(await connection.rest()) == 404
        assert verified == [len(BODY)], path


async def test_a_body_that_was_cut_is_not_verified_and_that_is_told(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = await exchange(web.url, request("POST", UNKNOWN))
    with caplog.at_level(logging.WARNING, "api.refusals"):
        for path in (KNOWN, UNKNOWN):
            assert await exchange(web.url, post(path, LONG, LIVE)) == unknown
        await until_told("refused with 404", caplog)
    assert await stored(web) == []
    assert "signing: 1 call of /webhooks/signing refused with 404" in caplog.text
    assert "its body is longer than 1,048,576 bytes" in caplog.text


async def test_a_cut_ping_of_gumroad_is_stored_as_before(web: Web) -> None:
    target = f"/webhooks/gumroad?secret={SECRET}"
    assert status(await exchange(web.url, request("POST", target, body=LONG))) == 200
    (new,) = await stored(web)
    assert (len(new.body), new.body_bytes) == (LONGEST_BODY, len(LONG))


async def test_long_bodies_of_unknown_senders_share_a_limited_memory(
    unproven: UnprovenBodies, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = LONG[: LONGEST_BODY // 2]
    most = len(half) - 1 - ALWAYS_ROOM
    monkeypatch.setattr(bodies, "MOST_UNPROVEN", most)
    long = post(KNOWN, LONG[: ALWAYS_ROOM + 1], LIVE)

    async def counts(memory: int) -> bool | None:
        return unproven.held == memory or None

    async with held(web, post(KNOWN, half, LIVE)[:-1]):
        await until(partial(counts, most), "the memory is taken")
        assert status(await exchange(web.url, long)) == 404
        assert status(await exchange(web.url, post(KNOWN, BODY, LIVE))) == 200
    await until(partial(counts, 0), "the memory is free again")
    assert status(await exchange(web.url, long)) == 200


async def test_a_signature_gets_no_senders_rank_before_it_is_verified(narrow: Web) -> None:
    """A connection that still sends its body is closed before a stranger's that came later."""
    part = post(KNOWN, BODY, LIVE)[:-1]
    async with AsyncExitStack() as stack:
        waiting = [await stack.enter_async_context(held(narrow, part)) for _ in range(FEW - 1)]
        await stack.enter_async_context(held(narrow, b""))
        with events_locked(narrow.database.engine.url):
            sender = await stack.enter_async_context(held(narrow, post(KNOWN, BODY, LIVE)))
            assert await asyncio.wait_for(waiting[0].rest(), 5) == b""
        assert status(await sender.rest()) == 200


async def test_a_refusal_names_the_signatures_fault(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    header = f"X-Signature: 1,{'a' * 64}"
    with caplog.at_level(logging.WARNING, "api.refusals"):
        await exchange(web.url, request("POST", KNOWN, header, body=BODY))
        await until_told("more than 300 s from this machine's clock", caplog)
