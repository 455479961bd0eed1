"""Asks as apps that were written for Lemon Squeezy."""

import httpx

from domain.license import License
from tests.support.online import OnlineApi
from tests.support.wire import Json

JSON_API = "application/vnd.api+json"
NOBODY = "00000000-0000-4000-8000-000000000000"
DISABLED = "This license key is disabled."
EXPIRED = "This license key is expired."
FULL = "This license key has reached the activation limit."
NO_KEY = "license_key not found."
NO_INSTANCE = "license_key_instance not found."


async def ask(api: OnlineApi, verb: str, **fields: str) -> httpx.Response:
    """Ask with a form, as Lemon Squeezy's pages say."""
    return await api.http.post(f"/lemonsqueezy/v1/licenses/{verb}", data=fields)


async def activated(api: OnlineApi, license_: License, name: str = "laptop") -> Json:
    answer = await ask(api, "activate", license_key=license_.key, instance_name=name)
    assert answer.status_code == 200, answer.text
    return answer.json()
