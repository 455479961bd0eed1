"""The fake of Polar's API answers as the recorded answers say."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from domain.questions import Question
from fakes.polar_api import FakePolarApi
from storefronts.keyed_api import KeyedApi
from storefronts.polar.package import POLAR
from tests.storefronts.polar.recorded import DATA
from tests.storefronts.test_packages import S
from tests.support.serving import serving

RECORDED: list[dict[str, Any]] = json.loads((DATA / "api" / "index.json").read_text())
ANSWERED = [entry for entry in RECORDED if "file" in entry]
ORDERS = "/v1/orders/"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    api = FakePolarApi(lacking={"/v1/disputes"})
    api.load(DATA / "api")
    async with (
        serving(api.app) as url,
        httpx.AsyncClient(base_url=url, headers=POLAR.headers, trust_env=False) as client,
    ):
        yield client


def bearer(side: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {side}-api-key"}


async def test_each_recorded_request_has_its_answer(http: httpx.AsyncClient) -> None:
    for entry in ANSWERED:
        target = entry["request"].removeprefix("GET ")
        answer = await http.get(target, headers=bearer(entry["key"]))
        assert answer.status_code == entry["status"], entry
        assert answer.json() == json.loads((DATA / "api" / entry["file"]).read_bytes())


async def test_refusals_are_worded_as_polars(http: httpx.AsyncClient) -> None:
    asked: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("no key", ORDERS, {}),
        ("wrong, revoked or the other environment's key", ORDERS, bearer("another")),
        ("a key without the needed permission", "/v1/disputes/", bearer("live")),
    )
    recorded = {entry["when"]: entry for entry in RECORDED if "when" in entry}
    for when, path, headers in asked:
        answer = await http.get(path, headers=headers)
        told = recorded[when]
        assert (answer.status_code, answer.json()) == (told["status"], told["body"])
        assert all(answer.headers[name] == text for name, text in told["headers"].items())


async def test_a_list_without_its_slash_redirects(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/orders?limit=3", headers=bearer("live"))
    assert (answer.status_code, answer.headers["location"]) == (307, "/v1/orders/?limit=3")


async def test_the_workers_client_asks_each_side_with_its_own_key() -> None:
    api = FakePolarApi()
    api.add("/v1/customers/1", b'{"email": "live@example.com"}')
    api.add("/v1/customers/1", b'{"email": "test@example.com"}', "test")
    async with serving(api.app) as url:

        def load(kind: type[S]) -> S:
            keys = {"polar_api_key": "live-api-key", "polar_test_api_key": "test-api-key"}
            return kind.model_validate({**keys, "polar_api_url": url, "polar_test_api_url": url})

        client = POLAR.open_for_worker(load).api
        assert isinstance(client, KeyedApi)
        for label in ("live", "test"):
            answer = await client.ask(Question("/v1/customers/1", "it", "a right"), label)
            assert json.loads(answer.body) == {"email": f"{label}@example.com"}
