"""Neither the database nor the spool keeps any spelling of a secret."""

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from api.assembling import ApiParts
from db.engine import Database
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request, status
from tests.support.outages import connect_to_nothing, events_locked
from tests.support.running import QUICK_PAUSES, Mintpost, running_api
from tests.support.spooling import HURRIED
from tests.support.stored import stored_requests

OLDER, NEWER = "older-secret", "newer-secret"
FORM = "application/x-www-form-urlencoded"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_json(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def spelled(secret: str) -> list[str]:
    """Return headers of proxies that repeat the secret under harmless names."""
    twice = quote(quote(f"/webhooks/gumroad?secret={secret}", safe=""), safe="")
    return [
        f"X-Original-Uri: {quote(f'/webhooks/gumroad?secret={secret}', safe='')}",
        f"X-Forwarded-Uri: {twice}",
        f"X-Sent-To: https://any:{secret}@shop.example/webhooks/gumroad",
        f"X-Query: {secret}",
        f"X-Letters: {''.join(f'%{ord(letter):02X}' for letter in secret)}",
        f"X-User: {in_base64(f'any:{secret}')}",
        f"X-Basic: Basic {in_base64(f'a:{secret}').rstrip('=')}",
        f"X-Url: {in_base64(f'https://shop.example/?secret={secret}')}",
        f"X-Hex: {secret.encode().hex()}",
        f"X-Json: {in_json(secret)}",
        f"X-{secret}: 1",
        f"Forwarded: for=192.0.2.1;by={secret}",
    ]


def sale(headers: list[str], content_type: str = FORM) -> bytes:
    kept = ["X-Request-Id: 17", "User-Agent: Gumroad", f"Content-Type: {content_type}"]
    target = f"/webhooks/gumroad?secret={NEWER}"
    return request("POST", target, *kept, *headers, body=b"a=1")


@ON_SQLITE
@pytest.mark.parametrize("secret", [OLDER, NEWER], ids=["another-that-is-valid", "that-matched"])
async def test_no_spelling_of_a_secret_is_stored(web: Mintpost, secret: str) -> None:
    assert status(await exchange(web.url, sale(spelled(secret)))) == 200
    (event,) = await web.database.read(stored_requests)
    assert {name for name, _ in event.headers} == {
        *("host", "connection", "x-request-id", "user-agent", "content-type", "content-length"),
    }


@ON_SQLITE
async def test_a_content_type_that_holds_the_secret_is_not_kept_either(web: Mintpost) -> None:
    odd = f"{FORM}; boundary={in_base64(NEWER)}"
    assert status(await exchange(web.url, sale([], odd))) == 200
    (event,) = await web.database.read(stored_requests)
    assert event.content_type == ""
    assert "content-type" not in dict(event.headers)


@ON_SQLITE
async def test_no_spelling_of_a_secret_is_spooled(database: Database, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    storefronts = {"gumroad": Gumroad((OLDER, NEWER))}
    parts = ApiParts(
        database, storefronts, connect_to_nothing, spool, pauses=QUICK_PAUSES, patience=HURRIED
    )
    with events_locked(database.engine.url):
        async with running_api(parts) as url:
            assert status(await exchange(url, sale(spelled(NEWER) + spelled(OLDER)))) == 200
            (file,) = spool.files()
            names = {name for name, _ in spool.read(file).headers}
            content = file.read_text()
    assert names == {
        *("host", "connection", "x-request-id", "user-agent", "content-type", "content-length"),
    }
    assert NEWER not in content
    assert OLDER not in content
