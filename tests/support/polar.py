"""Asks as apps that were written for Polar."""

import json

import httpx

from domain.license import License
from tests.support.online import OnlineApi
from tests.support.wire import Json

ORGANIZATION = "0c9a4f5e-1b2d-4e3f-8a6b-7c8d9e0f1a2b"
BENEFIT = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
NOBODY = "00000000-0000-4000-8000-000000000000"
NOT_FOUND = "Not found"
SHUT = "License key is no longer active."
OVER = "License key has expired."
OTHER_BENEFIT = "License key does not match given benefit."
FULL = "License key activation limit already reached"
FOR_APPS = "customer-portal/license-keys"
FOR_SERVERS = "license-keys"


async def ask(
    api: OnlineApi, verb: str, key: str, face: str = FOR_APPS, **fields: Json
) -> httpx.Response:
    """Ask for a key of the organization, if `fields` name no other."""
    asked = {"key": key, "organization_id": ORGANIZATION, **fields}
    return await send(api, f"{face}/{verb}", json.dumps(asked).encode())


async def send(api: OnlineApi, path: str, content: bytes) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return await api.http.post(f"/polar/v1/{path}", content=content, headers=headers)


async def activated(api: OnlineApi, license_: License, **fields: Json) -> Json:
    answer = await ask(api, "activate", license_.key, **{"label": "laptop", **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(status: int, detail: str) -> tuple[int, Json]:
    """Return a refusal in Polar's words, for comparison with `answered`."""
    name = {403: "NotPermitted", 404: "ResourceNotFound"}[status]
    return status, {"error": name, "detail": detail}


def answered(answer: httpx.Response) -> tuple[int, Json]:
    return answer.status_code, answer.json()
