"""The documents of Polar's license API: what its apps send and read."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from tests.db.rows import BUYER
from tests.support.online import Given, OnlineApi, online_api, put, sell
from tests.support.polar import FOR_APPS, NOBODY, ORGANIZATION, activated, ask, send
from tests.support.wire import Json, differences, examples

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
VALIDATE = f"/polar/v1/{FOR_APPS}/validate"


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(dialects=("polar",))) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=3)


@ON_SQLITE
async def test_done_calls_look_as_the_vendors(api: OnlineApi, license_: License) -> None:
    made = await activated(api, license_, conditions={}, meta={"os": "macOS"})
    known = await ask(api, "validate", license_.key, activation_id=made["id"], conditions={})
    bare = await ask(api, "validate", license_.key)
    for answer, case in (
        (made, examples("polar-activate")["done"]),
        (known.json(), examples("polar-validate")["with activation"]),
        (bare.json(), examples("polar-validate")["key only"]),
    ):
        assert differences(case["response"]["body"], answer) == []


@ON_SQLITE
async def test_a_license_is_told_without_its_buyer(api: OnlineApi, license_: License) -> None:
    answer = await ask(api, "validate", license_.key)
    told = answer.json()
    assert told["key"] == license_.key
    assert told["display_key"] == f"****-{license_.key[-6:]}"
    assert told["status"] == "granted"
    assert told["limit_activations"] == 3
    assert told["created_at"] == "2026-09-01T12:00:00.000000Z"
    assert told["expires_at"] is None
    assert told["activation"] is None
    assert told["user"]["email"] == told["customer"]["email"] == ""
    assert told["user"]["public_name"] == told["customer"]["avatar_url"] == ""
    assert told["customer"]["name"] is None
    assert BUYER not in answer.text
    assert license_.name not in answer.text


@ON_SQLITE
async def test_texts_that_old_clients_demand_are_never_null(
    api: OnlineApi, license_: License
) -> None:
    told = (await ask(api, "validate", license_.key)).json()
    example = examples("polar-validate")["key only"]["response"]["body"]
    assert [name for name in example if example[name] is not None and told[name] is None] == []
    customer, shown = told["customer"], example["customer"]
    assert [name for name in shown if shown[name] is not None and customer[name] is None] == []


@ON_SQLITE
async def test_ids_stay_and_the_organization_is_the_asked_one(
    api: OnlineApi, database: Database, license_: License
) -> None:
    one, again = [(await ask(api, "validate", license_.key)).json() for _ in range(2)]
    assert one == again
    assert one["organization_id"] == one["customer"]["organization_id"] == ORGANIZATION
    assert one["user_id"] == one["customer_id"] == one["user"]["id"] == one["customer"]["id"]
    put(database, license_, email="other@example.com")
    moved = (await ask(api, "validate", license_.key, organization_id=NOBODY)).json()
    assert moved["organization_id"] == NOBODY
    assert moved["customer_id"] == one["customer_id"]
    assert len({one["id"], one["customer_id"], one["benefit_id"], ORGANIZATION}) == 4


@ON_SQLITE
async def test_any_version_and_any_authorization_are_taken(
    api: OnlineApi, license_: License
) -> None:
    body = {"key": license_.key.lower(), "organization_id": ORGANIZATION}
    headers = {"polar-version": "2027-01", "authorization": "Bearer any"}
    answer = await api.http.post(VALIDATE, json=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["key"] == license_.key


@ON_SQLITE
@pytest.mark.parametrize("version", ["2026-04", "2027-01", "2031-12"])
async def test_the_version_comes_back_also_with_a_refusal(
    api: OnlineApi, license_: License, version: str
) -> None:
    for key, status in ((license_.key, 200), ("nope", 404), (None, 422)):
        asked = {"key": key, "organization_id": ORGANIZATION}
        answer = await api.http.post(VALIDATE, json=asked, headers={"polar-version": version})
        assert (answer.status_code, answer.headers["polar-version"]) == (status, version)
        assert "Polar-Version" in answer.headers["access-control-expose-headers"]


@ON_SQLITE
@pytest.mark.parametrize("version", [None, "", "x" * 60, "2026-04 2026-10"])
async def test_a_version_that_is_none_does_not_come_back(
    api: OnlineApi, license_: License, version: str | None
) -> None:
    asked = {"key": license_.key, "organization_id": ORGANIZATION}
    headers = {} if version is None else {"polar-version": version}
    answer = await api.http.post(VALIDATE, json=asked, headers=headers)
    assert (answer.status_code, answer.headers.get("polar-version")) == (200, None)


LONG = {f"{number}": 1 for number in range(51)}
WRONG: Mapping[str, tuple[str, Json, str, Json]] = {
    "no key": ("key", None, "missing", None),
    "a number as key": ("key", 7, "string_type", None),
    "no organization": ("organization_id", None, "missing", None),
    "a bad organization": ("organization_id", "acme", "uuid_parsing", "acme"),
    "an empty organization": ("organization_id", "", "uuid_parsing", ""),
    "a bad activation": ("activation_id", "x", "uuid_parsing", "x"),
    "a bad benefit": ("benefit_id", [], "string_type", None),
    "a negative use": ("increment_usage", -1, "greater_than_equal", None),
    "half a use": ("increment_usage", 0.5, "int_type", None),
    "a list of conditions": ("conditions", [1], "dict_type", None),
    "nested conditions": ("conditions", {"a": {"b": 1}}, "value_error", None),
    "too many conditions": ("conditions", LONG, "too_long", None),
    "a long name": ("conditions", {"a" * 41: 1}, "invalid_key", None),
    "a NUL in a name": ("conditions", {"a\0": 1}, "invalid_key", None),
    "a long text": ("conditions", {"a": "b" * 501}, "value_error", None),
    "a NUL in a text": ("conditions", {"a": "\0"}, "value_error", None),
    "half a character": ("conditions", {"a": "\ud800"}, "value_error", None),
    "a number of 400 digits": ("conditions", {"a": 10**399}, "value_error", None),
}


@ON_SQLITE
async def test_a_wrong_field_is_named_in_polars_form(api: OnlineApi, license_: License) -> None:
    for case, (name, value, kind, given) in WRONG.items():
        asked = {"key": license_.key, "organization_id": ORGANIZATION, name: value}
        answer = await send(api, f"{FOR_APPS}/validate", json.dumps(asked).encode())
        assert answer.status_code == 422, (case, answer.text)
        (mistake,) = answer.json()["detail"]
        assert answer.json()["error"] == "RequestValidationError"
        assert mistake.pop("msg")
        assert mistake == {"type": kind, "loc": ["body", name], "input": given}, case


@ON_SQLITE
async def test_what_no_database_keeps_is_refused_at_an_activation(
    api: OnlineApi, license_: License
) -> None:
    infinite = b'{"key": "%s", "organization_id": "%s", "label": "x", "meta": {"a": 1e999}}'
    asked = infinite % (license_.key.encode(), ORGANIZATION.encode())
    answer = await send(api, f"{FOR_APPS}/activate", asked)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "meta"]


@ON_SQLITE
async def test_a_body_that_is_not_understood_gets_no_verdict(api: OnlineApi) -> None:
    for content in (b"", b"{", b"[1]", b"null", b"\xff", b'{"a": 1, "a": 1}'):
        answer = await send(api, f"{FOR_APPS}/validate", content)
        assert answer.status_code == 422, content
        assert answer.json()["detail"][0]["loc"][0] == "body"


@ON_SQLITE
async def test_a_form_is_no_question(api: OnlineApi, license_: License) -> None:
    fields = {"key": license_.key, "organization_id": ORGANIZATION}
    answer = await api.http.post(VALIDATE, data=fields)
    assert answer.status_code == 422
