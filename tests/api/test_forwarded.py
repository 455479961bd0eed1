"""The client address in log and event cannot be forged with X-Forwarded-For."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import URL, select

from db.tables import RequestRow
from tests.api.bounded import ORDINARY, PATIENT, RIGHT, UNKNOWN, Web, bounded
from tests.api.raw_http import exchange, request, status

ADDRESSES = ("203.0.113.9", "2001:db8::9")
FORGED = (
    '6.6.6.6:1 - "POST /webhooks/gumroad HTTP/1.1" 200 OK',
    "\x1b[2J\x1b[31mroot",
    "6.6.6.6\x85INFO: forged",
    "\u202eevil".encode().decode("latin-1"),
    "fe80::1%\x1b[31mroot",
    "six.example",
    "6.6.6.6:" + "9" * 500,
    "x" * 500,
)


@pytest.fixture(params=[None, "127.0.0.1", "*"], ids=["untold", "loopback", "anybody"])
async def web(
    request: pytest.FixtureRequest,
    sqlite: URL,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Web]:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if request.param is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", request.param)
    async with bounded(sqlite, tmp_path, PATIENT) as web:
        yield web


async def clients(web: Web, forwarded: str, caplog: pytest.LogCaptureFixture) -> set[str]:
    """Send a request of a sender and of a stranger. Return the client in the log and in the row."""
    caplog.clear()
    header = f"X-Forwarded-For: {forwarded}"
    for target, code in ((RIGHT, 200), (UNKNOWN, 404)):
        sent = request("POST", target, header, body=ORDINARY)
        assert status(await exchange(web.url, sent.decode().encode("latin-1"))) == code
    lines = [each.getMessage() for each in caplog.records if each.name == "uvicorn.access"]
    assert len(lines) == 2
    senders = await web.database.read(
        lambda session: session.scalars(select(RequestRow.sender)).all()
    )
    found = [
        re.fullmatch(r'(\S+):\d{1,5} - "POST \S+ HTTP/1\.1" (200|404)', line) for line in lines
    ]
    return {each[1] for each in found if each is not None} | {str(senders[-1])}


@pytest.mark.parametrize("web", [None], indirect=True)
@pytest.mark.parametrize("forwarded", [*ADDRESSES, *FORGED])
async def test_header_is_not_believed_unless_a_proxy_is_named(
    web: Web, forwarded: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await clients(web, forwarded, caplog) == {"127.0.0.1"}


@pytest.mark.parametrize("web", ["127.0.0.1", "*"], indirect=True)
@pytest.mark.parametrize("forwarded", ADDRESSES)
async def test_named_proxy_is_believed(
    web: Web, forwarded: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await clients(web, forwarded, caplog) == {forwarded}


@pytest.mark.parametrize("web", ["127.0.0.1", "*"], indirect=True)
@pytest.mark.parametrize("forwarded", FORGED)
async def test_named_proxy_too_can_tell_an_address_only(
    web: Web, forwarded: str, caplog: pytest.LogCaptureFixture
) -> None:
    (client,) = await clients(web, forwarded, caplog)
    assert client in {"unknown", "6.6.6.6", "fe80::1"}
