"""Limits on the number of connections, and the order in which idle ones are closed."""

import asyncio
import resource
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import URL

from api.admission import Admission, peer_of
from api.bounds import BACKLOG, Bounds, raise_file_limit
from api.server import LONGEST_ENDING_SECONDS
from tests.api.bounded import (
    ORDINARY,
    PATIENT,
    SALE,
    UNKNOWN,
    WRONG,
    Held,
    Web,
    bounded,
    held,
    kept_open,
)
from tests.api.raw_http import PATIENCE_SECONDS, exchange, request, status

FEW = 4
PART = SALE[: -len(ORDINARY)]


async def lives(connection: Held) -> bool:
    """Return true if the server answers a request on the connection."""
    try:
        await connection.send(kept_open(SALE))
        return status(await connection.answer()) == 200
    except (ConnectionError, asyncio.IncompleteReadError):
        return False


@pytest.mark.parametrize(
    "bounds",
    [replace(PATIENT, per_peer=FEW), replace(PATIENT, in_all=FEW)],
    ids=["per-peer", "in-all"],
)
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /webhooks",
        kept_open(request("POST", UNKNOWN)),
        kept_open(request("POST", WRONG, body=ORDINARY))[:-1],
        kept_open(SALE),
    ],
    ids=["silent", "half-a-head", "answered", "drips-to-nobody", "kept-alive"],
)
async def test_connections_that_wait_make_room(
    sqlite: URL, tmp_path: Path, bounds: Bounds, sent: bytes
) -> None:
    async with bounded(sqlite, tmp_path, bounds) as web, AsyncExitStack() as stack:
        for _ in range(5 * FEW):
            connection = await stack.enter_async_context(held(web, sent))
            if b"\r\n\r\n" in sent:
                await connection.answer()
        for _ in range(FEW):
            assert status(await exchange(web.url, SALE)) == 200


async def test_the_most_recently_used_connection_stays_longest(sqlite: URL, tmp_path: Path) -> None:
    async with (
        bounded(sqlite, tmp_path, replace(PATIENT, per_peer=3)) as web,
        held(web) as first,
        held(web) as second,
    ):
        assert await lives(first)
        assert await lives(second)
        assert await lives(first)
        async with held(web) as third, held(web) as fourth:
            assert await lives(third)
            assert await lives(fourth)
            assert await second.rest() == b""
            assert await lives(first)


async def test_one_peer_leaves_room_for_the_others(sqlite: URL, tmp_path: Path) -> None:
    async with (
        bounded(sqlite, tmp_path, replace(PATIENT, per_peer=FEW, in_all=2 * FEW)) as web,
        AsyncExitStack() as stack,
    ):
        for _ in range(2 * FEW):
            await stack.enter_async_context(held(web, PART))
        assert status(await from_another_address(web, SALE)) == 200


async def from_another_address(web: Web, sent: bytes) -> bytes:
    parts = urlsplit(web.url)
    try:
        reader, writer = await asyncio.open_connection(
            parts.hostname, parts.port, local_addr=("127.0.0.2", 0)
        )
    except OSError:
        pytest.skip("this machine has one loopback address only")
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    return answer


async def test_a_hundred_at_once_from_one_address_are_all_answered(
    sqlite: URL, tmp_path: Path
) -> None:
    bounds = Bounds().within(256)  # As few files as a system allows by default.
    async with bounded(sqlite, tmp_path, bounds) as web, AsyncExitStack() as stack:
        senders = [await stack.enter_async_context(held(web, PART)) for _ in range(100)]
        for sender in senders:
            await sender.send(ORDINARY)
        answers = await asyncio.gather(*(sender.rest() for sender in senders))
    assert [status(answer) for answer in answers] == [200] * 100


@pytest.mark.parametrize(
    ("files", "in_all", "per_peer"),
    [(256, 128, 100), (1024, 832, 416), (4096, 1000, 500), (1_048_576, 1000, 500)],
)
def test_bounds_leave_files_for_the_rest(files: int, in_all: int, per_peer: int) -> None:
    bounds = Bounds().within(files)
    assert (bounds.in_all, bounds.per_peer) == (in_all, per_peer)


def test_timeouts_are_the_documented_ones() -> None:
    bounds = Bounds()
    seconds = [each.total_seconds() for each in (bounds.head, bounds.body, bounds.answer)]
    assert seconds == [10, 30, 30]
    # Docker and `mintpost dev` wait 30 s for the end of a process.
    assert bounds.ending.total_seconds() < LONGEST_ENDING_SECONDS < 25


def test_file_limit_is_raised_to_what_is_allowed() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    try:
        raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_asyncio_accepts_no_more_at_once_than_one_peer_may_have() -> None:
    assert 100 <= BACKLOG < Bounds().per_peer


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        (None, ""),
    ],
)
def test_peers(address: str | None, peer: str) -> None:
    assert peer_of(address) == peer


class Someone:
    """A connection without a socket."""

    def __init__(self, *, busy: bool, sending: bool) -> None:
        self.busy = busy
        self.sending = sending
        self.ended = False

    def is_idle(self) -> bool:
        return not self.busy

    def is_sending(self) -> bool:
        return self.sending

    def end(self) -> None:
        self.ended = True


ARRIVALS = st.tuples(st.sampled_from(["::1", "10.0.0.1", "10.0.0.2"]), st.booleans(), st.booleans())


@given(st.lists(ARRIVALS))
def test_bounds_hold_and_nobody_under_way_is_ended(arrivals: list[tuple[str, bool, bool]]) -> None:
    admission = Admission(replace(PATIENT, per_peer=2, in_all=3))
    admitted: list[Someone] = []
    for address, busy, sending in arrivals:
        someone = Someone(busy=busy, sending=sending)
        if admission.admit(someone, address):
            admitted.append(someone)
        else:
            assert someone.ended
        assert len(admission.peers) <= 3
        assert all(0 < len(guests) <= 2 for guests in admission.guests.values())
    assert all(not each.busy or each.sending for each in admitted if each.ended)
    for someone in admitted:
        admission.leave(someone)
    assert (admission.peers, admission.guests) == ({}, {})
