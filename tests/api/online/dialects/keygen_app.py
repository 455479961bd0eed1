"""An app that asks Keygen, as Keygen's own clients do."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.engine import Database
from tests.support.online import Given, OnlineApi, online_api

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ACCOUNT = "e6f70819-2a3b-4c4d-8e5f-607182930415"
PRODUCT = "c4d5e6f7-0819-4a2b-8c3d-4e5f60718293"
BASES = ("/keygen/v1", f"/keygen/v1/accounts/{ACCOUNT}")
JSON_API = "application/vnd.api+json"


def products(devices: int | None = 3, **more: object) -> str:
    """Write an entry of product-1, whose licenses have two seats in the tests."""
    terms = {**({} if devices is None else {"devices": devices}), **more}
    written = "".join(f"    {name}: {value}\n" for name, value in terms.items())
    ids = f"    dialects: {{keygen: {{account: {ACCOUNT}, product: {PRODUCT}}}}}\n"
    return f"gumroad:\n  - product_id: product-1\n    tier: pro\n    years: 1\n{written}{ids}"


@dataclass(slots=True)
class KeygenApp:
    """Sends what Keygen's clients send. `base` is the part of the address before the calls."""

    api: OnlineApi
    base: str = BASES[0]

    async def ask(
        self, method: str, path: str, body: object = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        sent = {
            "Accept": JSON_API,
            **{name.replace("_", "-"): one for name, one in headers.items()},
        }
        if key is not None:
            sent["Authorization"] = f"License {key}"
        if body is not None:
            sent["Content-Type"] = JSON_API
        content = None if body is None else json.dumps(body)
        address = self.base + path
        return await self.api.http.request(method, address, headers=sent, content=content)

    async def validated(self, key: str, **meta: object) -> Any:  # noqa: ANN401 - any JSON value
        asked = {"meta": {"key": key, **meta}}
        answer = await self.ask("POST", "/licenses/actions/validate-key", asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def code(self, key: str, **scope: object) -> str:
        meta = (await self.validated(key, scope=scope))["meta"]
        assert meta["valid"] == (meta["code"] == "VALID")
        return str(meta["code"])

    async def me(self, key: str) -> Any:  # noqa: ANN401 - any JSON value
        answer = await self.ask("GET", "/me", key=key)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    async def license_path(self, key: str, rest: str = "") -> str:
        return f"/licenses/{(await self.me(key))['id']}{rest}"

    async def activate(self, key: str, fingerprint: str, **attributes: object) -> httpx.Response:
        body = new_machine((await self.me(key))["id"], fingerprint=fingerprint, **attributes)
        return await self.ask("POST", "/machines", body, key)

    async def activated(self, key: str, fingerprint: str, **attributes: object) -> Any:  # noqa: ANN401 - any JSON value
        answer = await self.activate(key, fingerprint, **attributes)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]


@asynccontextmanager
async def keygen_app(
    database: Database, folder: Path, given: Given | None = None
) -> AsyncIterator[KeygenApp]:
    given = given or Given(products(), ("keygen",))
    async with online_api(database, folder, given) as api:
        yield KeygenApp(api)


def new_machine(license_id: str, **attributes: object) -> dict[str, object]:
    license_ = {"data": {"type": "licenses", "id": license_id}}
    return {
        "data": {
            "type": "machines",
            "attributes": attributes,
            "relationships": {"license": license_},
        }
    }


def refused(answer: httpx.Response) -> tuple[int, str | None]:
    """Return the status and the code of a refusal, whose form must be Keygen's."""
    document = answer.json()
    assert set(document) == {"meta", "errors"}, document
    (error,) = document["errors"]
    assert {"title", "detail"} <= set(error) <= {"title", "detail", "code", "source"}
    return answer.status_code, error.get("code")


def is_signed(answer: httpx.Response, public_key: str) -> bool:
    """Verify an answer with the public key in hexadecimal digits, as Keygen's pages tell it."""
    request, headers = answer.request, answer.headers
    digest = f"sha-256={base64.b64encode(hashlib.sha256(answer.content).digest()).decode()}"
    assert headers["digest"] == headers["keygen-digest"] == digest
    assert headers.get_list("date") == [headers["keygen-date"]]
    text = (
        f"(request-target): {request.method.lower()} {request.url.raw_path.decode()}\n"
        f"host: {request.headers['host']}\ndate: {headers['date']}\ndigest: {digest}"
    )
    parts = dict(one.split("=", 1) for one in headers["keygen-signature"].split(", "))
    assert parts["algorithm"] == '"ed25519"'
    assert parts["headers"] == '"(request-target) host date digest"'
    signature = base64.b64decode(parts["signature"].strip('"'))
    # Raises an exception for a wrong signature.
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, text.encode())
    return parts["keyid"] != '""'
