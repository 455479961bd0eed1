"""docs/openapi.yaml describes the answers to apps as they are, and no other path."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from sqlalchemy import delete

from api.online.own import LONGEST_NONCE, MOST_LEASE_DAYS, SHORTEST_NONCE
from api.paths import is_of_apps
from db.engine import Database
from db.sales import save_sale
from db.tables import AnswerKeyListRow, RevocationListRow
from domain.online import LONGEST_DEVICE, LONGEST_LABEL, Code
from licensing.keys import new_key
from licensing.signing import Signer
from operations.online import MOST_TOLD
from tests.api.online.test_open_paths import app_of, routes_in
from tests.api.online.test_own_codes import SHOP_KEY, STATES
from tests.db.rows import NOON, sale_of, store_event
from tests.docs.live_shop import LiveShop, live_shop
from tests.docs.test_docs import ROOT
from tests.support.online import Given, online_api, put, sell

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
COMPONENTS = DOCUMENT["components"]
VERBS = ("/v1/validate", "/v1/activate", "/v1/deactivate")
PREFIX = "#/components/"
LISTS = (AnswerKeyListRow, RevocationListRow)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Return the component that a `$ref` names, or the node itself."""
    if "$ref" not in node:
        return node
    kind, name = node["$ref"].removeprefix(PREFIX).split("/")
    found: dict[str, Any] = COMPONENTS[kind][name]
    return found


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Return a validator that finds the components: they hang below the schema's root."""
    return Draft202012Validator({**schema, "components": COMPONENTS})


def contents() -> Iterator[dict[str, Any]]:
    """Yield each content of a question or an answer: a schema, perhaps with examples."""
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                yield from resolved(body).get("content", {}).values()


def examples_of(content: dict[str, Any]) -> list[Any]:
    several = [each["value"] for each in content.get("examples", {}).values()]
    return [content["example"], *several] if "example" in content else several


def require_described(path: str, answer: httpx.Response) -> None:
    """Validate an answer against the schema of its path, status and content type."""
    described = DOCUMENT["paths"][path]["post" if path in VERBS else "get"]["responses"]
    content = resolved(described[str(answer.status_code)])["content"]
    kind = answer.headers["content-type"].partition(";")[0]
    found = answer.json() if kind == "application/json" else answer.text
    validator(content[kind]["schema"]).validate(found)


@pytest.fixture
async def shop(database: Database, tmp_path: Path, signer: Signer) -> AsyncIterator[LiveShop]:
    async with live_shop(database, tmp_path, signer) as running:
        yield running


@on_sqlite
async def test_it_describes_our_own_paths_and_no_other(shop: LiveShop) -> None:
    ours: dict[str, set[str]] = {}
    for route in routes_in(app_of(shop.api.app).router):
        if is_of_apps(route.path):
            ours.setdefault(route.path, set()).update((route.methods or set()) - {"OPTIONS"})
    described = {path: {*map(str.upper, each)} for path, each in DOCUMENT["paths"].items()}
    assert described == ours


def test_every_schema_is_one_and_every_example_fits_its_own() -> None:
    for schema in COMPONENTS["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for content in contents():
        for example in examples_of(content):
            validator(content["schema"]).validate(example)


def test_the_bounds_of_the_fields_are_those_of_the_code() -> None:
    schemas = COMPONENTS["schemas"]
    assert schemas["Device"]["maxLength"] == LONGEST_DEVICE
    assert schemas["Activation"]["properties"]["label"]["maxLength"] == LONGEST_LABEL
    nonce = schemas["Nonce"]
    assert (nonce["minLength"], nonce["maxLength"]) == (SHORTEST_NONCE, LONGEST_NONCE)
    assert schemas["LeaseDays"]["maximum"] == MOST_LEASE_DAYS
    assert schemas["FullDevices"]["properties"]["list"]["maxItems"] == MOST_TOLD


def test_every_code_and_status_has_an_example() -> None:
    verdicts = COMPONENTS["responses"]["Verdict"]["content"]["application/json"]["examples"]
    assert {name: each["value"]["code"] for name, each in verdicts.items()} == {
        code.value: code.value for code in Code
    }
    assert set(COMPONENTS["schemas"]["Verdict"]["properties"]["code"]["enum"]) == {*Code}
    described = [each for each in contents() if each.get("schema", {}).get("$ref") is None]
    assert all(examples_of(each) for each in described)
    for response in COMPONENTS["responses"].values():
        assert examples_of(response["content"]["application/json"])


async def told(shop: LiveShop, verb: str, **fields: object) -> str:
    """Ask, hold the answer to the description, and return its code."""
    answer = await shop.api.ask(verb, **fields)
    require_described(f"/v1/{verb}", answer)
    return str(answer.json()["code"])


async def codes_of_a_device(shop: LiveShop) -> AsyncIterator[str]:
    """Go through all that happens to a license with one place."""
    license_ = shop.sign(sell(shop.database, device_limit=1))
    for verb, device in (
        ("validate", "one"),
        ("activate", "one"),
        ("activate", "two"),
        ("deactivate", "one"),
    ):
        yield await told(shop, verb, key=license_.key, device=device)
    yield await told(shop, "validate", key=license_.key, product="another")


async def codes_of_states(shop: LiveShop) -> AsyncIterator[str]:
    for number, (_, columns) in enumerate(STATES):
        license_ = sell(shop.database, sale_of(f"order-{number}-state"))
        put(shop.database, shop.sign(license_), **columns)
        yield await told(shop, "validate", key=license_.key)


async def codes_of_bad_keys(shop: LiveShop) -> AsyncIterator[str]:
    yield await told(shop, "validate", key="no key")
    yield await told(shop, "validate", key=new_key())
    sold = replace(sale_of("order-unminted"), shop_key=SHOP_KEY)
    shop.database.write_here(
        lambda session: save_sale(session, store_event(session, sold.order_id), sold, NOON)
    )
    yield await told(shop, "validate", key=SHOP_KEY)


@on_sqlite
async def test_the_real_answer_of_each_code_is_as_described(shop: LiveShop) -> None:
    codes = {
        code
        for answers in (codes_of_a_device, codes_of_states, codes_of_bad_keys)
        async for code in answers(shop)
    }
    assert codes == {*Code}


@on_sqlite
async def test_the_real_refusal_of_each_status_is_as_described(shop: LiveShop) -> None:
    for path in VERBS:
        post = partial(shop.api.http.post, path, headers={"Content-Type": "application/json"})
        refused = [await post(content=b"{}"), await post(content=b" " * 20_000)]
        assert [each.status_code for each in refused] == [400, 413]
        for each in refused:
            require_described(path, each)
    answers = [await shop.api.ask("validate", key=new_key()) for _ in range(31)]
    assert answers[-1].status_code == 429
    require_described("/v1/validate", answers[-1])


@on_sqlite
async def test_an_answer_that_is_impossible_is_as_described(
    database: Database, tmp_path: Path, signer: Signer
) -> None:
    async with live_shop(database, tmp_path, signer, Given(products=None)) as shop:
        answer = await shop.api.ask("validate", key=sell(database).key)
    assert answer.status_code == 503
    require_described("/v1/validate", answer)


@on_sqlite
async def test_the_lists_are_as_described(
    database: Database, tmp_path: Path, shop: LiveShop
) -> None:
    for path in ("/v1/keys", "/v1/revocations"):
        answer = await shop.api.http.get(path)
        require_described(path, answer)
        known = {"If-None-Match": answer.headers["etag"]}
        assert (await shop.api.http.get(path, headers=known)).status_code == 304
    database.write_here(lambda session: [session.execute(delete(row)) for row in LISTS])
    async with online_api(database, tmp_path) as api:
        for path in ("/v1/keys", "/v1/revocations"):
            answer = await api.http.get(path)
            assert answer.status_code == 503
            require_described(path, answer)
