"""The files of the spool: complete or absent, private to their owner, in order of arrival."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from stat import S_IMODE
from threading import Event
from typing import Any
from uuid import UUID

import pytest

from db.requests import NewRequest
from relay.spool import SET_ASIDE, UNFINISHED, WAITING, Spool, UnreadableError
from tests.db.rows import NOON, new_request
from tests.support.pings import order_of
from tests.support.released import unpack
from tests.support.spooling import names, spooled

REQUEST = NewRequest(
    request_id=UUID("6f9f4a9e-3f0c-4f4e-9f0b-0d6f3f1c2b1a"),
    source="gumroad",
    kind="sale",
    order_id="HyMdzSI-iPve8n-plNxMHA==",
    product_id=None,
    received_at=datetime(2026, 9, 1, 12, 0, 0, 5, tzinfo=UTC),
    sender="127.0.0.1",
    content_type="text/odd; charset=\xfc",
    headers=(("host", "x"), ("x-odd", "\xff")),
    body=bytes(range(256)),
    body_bytes=2_000_000,
    matched_secret=1,
)
AS_WRITTEN = {
    "request_id": "6f9f4a9e-3f0c-4f4e-9f0b-0d6f3f1c2b1a",
    "source": "gumroad",
    "kind": "sale",
    "order_id": "HyMdzSI-iPve8n-plNxMHA==",
    "product_id": None,
    "received_at": "2026-09-01T12:00:00.000005+00:00",
    "sender": "127.0.0.1",
    "content_type": "text/odd; charset=\xfc",
    "headers": [["host", "x"], ["x-odd", "\xff"]],
    "body": "YT0x",
    "body_bytes": 3,
    "matched_secret": 0,
}


Synced = list[tuple[int, list[str]]]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "data" / "spool")


def test_request_is_read_back_as_it_came(spool: Spool) -> None:
    spool.keep(REQUEST)
    assert spooled(spool) == [REQUEST]


def test_file_of_an_earlier_version_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(AS_WRITTEN))
    expected = replace(REQUEST, body=b"a=1", body_bytes=3, matched_secret=0)
    assert Spool(tmp_path).read(file) == expected


def test_file_that_the_released_version_wrote_can_be_read(tmp_path: Path) -> None:
    (file,) = (unpack(tmp_path) / "spool").iterdir()
    new = Spool(file.parent).read(file)
    assert (new.source, new.kind, new.order_id) == ("gumroad", "sale", "released-spooled")
    assert (order_of(new.body), new.body_bytes) == ("released-spooled", len(new.body))
    assert (new.matched_secret, new.secret_label, new.event_key) == (0, None, None)


def test_folder_and_file_are_their_owners_alone(spool: Spool) -> None:
    spool.keep(REQUEST)
    (file,) = spool.files()
    assert S_IMODE(spool.folder.stat().st_mode) == 0o700
    assert S_IMODE(file.stat().st_mode) == 0o600


@pytest.fixture
def synced(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> Synced:
    """Return a list that records each sync, with the spool's kinds of files at that moment."""
    recorded: Synced = []
    fsync = os.fsync

    def recording(handle: int) -> None:
        recorded.append((os.fstat(handle).st_ino, sorted(names(spool.folder))))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", recording)
    return recorded


def test_file_and_folder_are_on_the_disk_before_it_returns(spool: Spool, synced: Synced) -> None:
    spool.prepare()
    synced.clear()
    spool.keep(REQUEST)
    (file,) = spool.files()
    assert synced == [
        (file.stat().st_ino, [UNFINISHED]),
        (spool.folder.stat().st_ino, [WAITING]),
    ]


def above(folder: Path) -> list[int]:
    """Return the folders that the spool may have made."""
    parents = list(folder.parents)
    end = next(number for number, parent in enumerate(parents) if parent.is_mount())
    return [parent.stat().st_ino for parent in parents[: end + 1]]


@pytest.mark.parametrize("made", [False, True], ids=["by-us", "by-another-who-was-killed"])
def test_way_to_the_folder_is_on_the_disk_once_whoever_made_it(
    spool: Spool, synced: Synced, *, made: bool
) -> None:
    if made:
        spool.folder.mkdir(parents=True)
    for _ in range(2):
        spool.keep(REQUEST)
        spool.remove(spool.files()[0])
    way = above(spool.folder)
    assert [inode for inode, _ in synced[: len(way)]] == way
    assert not {inode for inode, _ in synced[len(way) :]} & set(way)


def test_no_request_is_kept_before_the_way_to_the_folder_is_on_the_disk(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = Event(), Event()
    fsync = os.fsync

    def slow(handle: int) -> None:
        begun.set()
        released.wait()
        fsync(handle)

    monkeypatch.setattr(os, "fsync", slow)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(spool.keep, REQUEST)
        try:
            assert begun.wait(30)
            monkeypatch.setattr(os, "fsync", fsync)  # Only the call that has begun is slow.
            second = threads.submit(spool.keep, new_request())
            with pytest.raises(TimeoutError):
                second.result(0.2)
        finally:
            released.set()
    assert (first.result(), second.result()) == (None, None)


def test_folder_that_was_removed_is_made_again(spool: Spool) -> None:
    spool.prepare()
    spool.folder.rmdir()
    spool.keep(REQUEST)
    assert spooled(spool) == [REQUEST]


def test_failed_write_leaves_nothing(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.prepare()
    full = OSError(28, "No space left on device")

    def fail(_handle: int) -> None:
        raise full

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        spool.keep(REQUEST)
    assert names(spool.folder) == set()


def test_files_come_in_order_of_arrival_whatever_the_zone_and_the_uuid(spool: Spool) -> None:
    east = timezone(timedelta(hours=9))
    times = [
        NOON,
        NOON + timedelta(microseconds=1),
        (NOON + timedelta(seconds=1)).astimezone(east),
        NOON + timedelta(seconds=2),
    ]
    for received_at in reversed(times):
        spool.keep(new_request(received_at=received_at))
    assert [new.received_at for new in spooled(spool)] == times


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[1, 2",
        b"[" * 100_000,
        b"null",
        b"{}",
        json.dumps(AS_WRITTEN).encode()[:-20],
        json.dumps({**AS_WRITTEN, "body": "sekret"}).encode(),
        json.dumps({**AS_WRITTEN, "body": 5}).encode(),
        json.dumps({**AS_WRITTEN, "received_at": "sekret"}).encode(),
        json.dumps({**AS_WRITTEN, "kind": {"sekret": 1}}).encode(),
        json.dumps({name: AS_WRITTEN[name] for name in AS_WRITTEN if name != "kind"}).encode(),
    ],
)
def test_what_is_no_request_is_refused_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any.json"
    file.write_bytes(content)
    with pytest.raises(UnreadableError) as caught:
        Spool(tmp_path).read(file)
    assert "sekret" not in str(caught.value)


def test_only_what_was_clearly_abandoned_is_cleaned(spool: Spool) -> None:
    spool.prepare()
    for name, age in {"old": 61, "young": 59}.items():
        for suffix in (UNFINISHED, WAITING, SET_ASIDE):
            file = spool.folder / f"{name}{suffix}"
            file.touch()
            written = (NOON - timedelta(minutes=age)).timestamp()
            os.utime(file, (written, written))
    spool.clean(NOON - timedelta(hours=1))
    left = {file.name for file in spool.folder.iterdir()}
    assert left == {
        f"young{UNFINISHED}",
        *(f"{name}{suffix}" for name in ("old", "young") for suffix in (WAITING, SET_ASIDE)),
    }


def test_state_counts_what_waits_and_what_was_set_aside(spool: Spool) -> None:
    assert spool.state() is None
    for number in range(3):
        spool.keep(new_request(received_at=NOON + timedelta(seconds=number)))
    assert spool.state() == "requests: 3 waiting for the database"
    spool.set_aside(spool.files()[0])
    assert spool.state() == "requests: 2 waiting for the database, 1 set aside, the log says why"


def test_state_names_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    state: Any = Spool(tmp_path / "data" / "spool").state()
    assert state == "cannot be used (Not a directory): a request will need the database"
