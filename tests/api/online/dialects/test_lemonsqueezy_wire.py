"""The documents of Lemon Squeezy's license API: what its apps send and read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from tests.db.rows import sale_of
from tests.support.lemonsqueezy import (
    JSON_API,
    activated,
    ask,
)
from tests.support.online import Given, OnlineApi, online_api, sell
from tests.support.wire import differences, examples

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(dialects=("lemonsqueezy",))) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=3)


@ON_SQLITE
async def test_done_calls_look_as_the_vendors(api: OnlineApi, license_: License) -> None:
    made = await activated(api, license_)
    both = {"license_key": license_.key, "instance_id": made["instance"]["id"]}
    known = (await ask(api, "validate", **both)).json()
    bare = (await ask(api, "validate", license_key=license_.key)).json()
    gone = (await ask(api, "deactivate", **both)).json()
    for answer, case in (
        (made, examples("lemonsqueezy-activate")["form (docs)"]),
        (known, examples("lemonsqueezy-validate")["with instance"]),
        (bare, examples("lemonsqueezy-validate")["without instance"]),
        (gone, examples("lemonsqueezy-deactivate")["done"]),
    ):
        assert differences(case["response"]["body"], answer) == []


@ON_SQLITE
async def test_a_license_is_told_without_its_buyer(api: OnlineApi, license_: License) -> None:
    told = (await ask(api, "validate", license_key=license_.key)).json()
    assert told["license_key"] == {
        "id": told["license_key"]["id"],
        "status": "inactive",
        "key": license_.key,
        "activation_limit": 3,
        "activation_usage": 0,
        "created_at": "2026-09-01T12:00:00.000000Z",
        "expires_at": None,
        "test_mode": False,
    }
    assert told["meta"]["product_name"] == "Lumen"
    assert told["meta"]["variant_name"] == "pro"
    assert told["meta"]["customer_name"] == ""
    assert told["meta"]["customer_email"] == ""


@ON_SQLITE
async def test_ids_are_numbers_that_stay(api: OnlineApi, database: Database) -> None:
    one, same_order, other = (
        sell(database, sale) for sale in (sale_of(), sale_of("order-2"), sale_of("order-3"))
    )
    asked = [await ask(api, "validate", license_key=of.key) for of in (one, one, same_order, other)]
    first, again, *others = [{**a.json()["license_key"], **a.json()["meta"]} for a in asked]
    assert first == again
    own = ("id", "order_id", "order_item_id", "customer_id")
    for told in others:
        assert all(told[name] != first[name] for name in own)
        assert all(told[name] == first[name] for name in ("store_id", "product_id", "variant_id"))
    assert all(0 < first[name] < 2**53 for name in (*own, "store_id", "product_id", "variant_id"))
    assert len({first[name] for name in own}) == len(own)


MISSING = {
    "activate": ({"instance_name": "x"}, "license_key"),
    "activate without a name": ({"license_key": "x"}, "instance_name"),
    "validate": ({"license_key": ""}, "license_key"),
    "deactivate": ({"license_key": "x", "instance_id": ""}, "instance_id"),
}


@ON_SQLITE
async def test_a_missing_field_is_named(api: OnlineApi) -> None:
    for case, (fields, missing) in MISSING.items():
        answer = await ask(api, case.partition(" ")[0], **fields)
        sentence = f"The {missing.replace('_', ' ')} field is required."
        assert answer.status_code == 422, case
        assert answer.json() == {"message": sentence, "errors": {missing: [sentence]}}


@ON_SQLITE
async def test_a_body_that_is_not_understood_gets_no_verdict(api: OnlineApi) -> None:
    headers = {"content-type": JSON_API}
    for content in (b"", b"{", b"[1]", b"null", b'{"license_key": {}}', b"\xff"):
        path = "/lemonsqueezy/v1/licenses/validate"
        answer = await api.http.post(path, content=content, headers=headers)
        assert answer.status_code == 422, content
        assert answer.json().keys() == {"message", "errors"}


@ON_SQLITE
async def test_every_form_of_body_and_any_authorization_are_taken(
    api: OnlineApi, license_: License
) -> None:
    path, fields = "/lemonsqueezy/v1/licenses/validate", {"license_key": license_.key.lower()}
    file: dict[str, tuple[None, str]] = {"license_key": (None, fields["license_key"])}
    for answer in (
        await api.http.post(path, json=fields),
        await api.http.post(path, json=fields, headers={"content-type": JSON_API}),
        await api.http.post(path, files=file),
        await api.http.post(path, data=fields, headers={"authorization": "Bearer any"}),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.json()["license_key"]["key"] == license_.key


@ON_SQLITE
async def test_a_long_or_odd_name_is_kept_as_far_as_a_terminal_shows_it(
    api: OnlineApi, license_: License
) -> None:
    made = await activated(api, license_, "a\x1b[31m" + "b" * 300)
    assert made["instance"]["name"] == "a [31m" + "b" * 194
