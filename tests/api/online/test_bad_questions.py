"""No bad question gets a verdict, and none gets a 5xx."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import cycle
from typing import Any

import httpx
import pytest
from fastapi import Request
from hypothesis import given, strategies as st

from api.online.fields import BadRequestError, BodyTooLongError, Fields, Kind, read_fields
from db.engine import Database
from tests.support.online import OnlineApi, sell

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
VERBS = ("validate", "activate", "deactivate")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DIGITS = "9" * 400

BODIES: list[tuple[str | None, bytes, str | None]] = [
    (None, b'{"key": "a", "device": "d"}', None),
    ("text/html", b'{"key": "a", "device": "d"}', None),
    ("multipart/form-data; boundary=x", b"--x--", None),
    ("application/vnd.api+json", b'{"key": "a", "device": "d"}', None),
    (JSON, b"", None),
    (JSON, b"[1]", None),
    (JSON, b"null", None),
    (JSON, b'"text"', None),
    (JSON, b"{", None),
    (JSON, b"<html>", None),
    (JSON, b"\xff\xfe\xfd", None),
    (JSON, b'{"key": "\xff", "device": "d"}', None),
    (JSON, b'{"key": NaN, "device": "d"}', None),
    (JSON, b"[" * 5000 + b"]" * 5000, None),
    (JSON, b'{"key": ' + b"[" * 5000 + b"]" * 5000 + b"}", None),
    (JSON, b'{"key": "a", "key": "b", "device": "d"}', "key"),
    (JSON, b'{"x\\n": 1, "x\\n": 1, "key": "a", "device": "d"}', None),
    (JSON, b"{}", "key"),
    (JSON, b'{"key": null, "device": "d"}', "key"),
    (JSON, b'{"key": "", "device": "d"}', "key"),
    (JSON, b'{"key": ["a"], "device": "d"}', "key"),
    (JSON, b'{"key": %s, "device": "d"}' % DIGITS.encode(), "key"),
    (JSON, b'{"key": "a\\u0000", "device": "d"}', "key"),
    (JSON, b'{"key": "\\ud800", "device": "d"}', "key"),
    (JSON, b'{"key": "a", "device": "d\\u0000"}', "device"),
    (JSON, b'{"key": "a", "device": ""}', "device"),
    (JSON, b'{"key": "a", "device": true}', "device"),
    (JSON, b'{"key": "a", "device": "%s"}' % (b"d" * 201), "device"),
    (JSON, b'{"key": "a", "device": "%s"}' % (b"d" * 10_000), "device"),
    (JSON, b'{"key": "a", "device": "%s"}' % ("ü" * 101).encode(), "device"),
    (FORM, b"key=%ff&device=d", None),
    (FORM, b"key=a%00&device=d", "key"),
    (FORM, b"key=a&key=b&device=d", "key"),
    (FORM, b"device=d", "key"),
    (FORM, b"&".join(b"f%d=1" % number for number in range(101)), None),
]
ASKED_WITH: list[tuple[str, object]] = [
    ("product", 5),
    ("product", "p\0"),
    ("nonce", "fifteen letters"),
    ("nonce", "n" * 65),
    ("nonce", 5),
    ("lease_days", -1),
    ("lease_days", 366),
    ("lease_days", int(DIGITS)),
    ("lease_days", 1.5),
    ("lease_days", True),
    ("lease_days", "soon"),
]
ACTIVATED_WITH: list[tuple[str, object]] = [
    ("label", "l" * 201),
    ("label", "two\nlines"),
    ("label", "l\0"),
    ("label", "\u2028"),
    ("label", {}),
    ("replace", "perhaps"),
    ("replace", 1),
]


def refused(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert list(document) == ["code", "field", "message"]
    assert (document["code"], document["field"]) == (code, field), document
    assert document["message"].endswith(".")
    assert answer.headers["access-control-allow-origin"] == "*"


@ON_SQLITE
async def test_a_body_that_is_no_question_is_refused(apps: OnlineApi, database: Database) -> None:
    del database
    for (kind, body, field), verb in zip(BODIES, cycle(VERBS), strict=False):
        headers = {} if kind is None else {"Content-Type": kind}
        answer = await apps.http.post(f"/v1/{verb}", content=body, headers=headers)
        refused(answer, 400, "BAD_REQUEST", field)


@ON_SQLITE
async def test_a_field_that_cannot_be_is_refused_by_its_name(
    apps: OnlineApi, database: Database
) -> None:
    key = sell(database).key
    for verb, wrong in (("validate", ASKED_WITH), ("activate", ASKED_WITH + ACTIVATED_WITH)):
        for field, value in wrong:
            answer = await apps.ask(verb, **{"key": key, "device": "d", field: value})
            refused(answer, 400, "BAD_REQUEST", field)
    assert (await apps.ask("validate", key=key)).json()["devices"]["used"] == 0


@ON_SQLITE
async def test_a_verb_of_a_device_needs_one(apps: OnlineApi, database: Database) -> None:
    key = sell(database).key
    for verb in ("activate", "deactivate"):
        refused(await apps.ask(verb, key=key), 400, "BAD_REQUEST", "device")


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


@ON_SQLITE
async def test_a_body_of_more_than_16_kib_is_refused(apps: OnlineApi, database: Database) -> None:
    key = sell(database).key
    for size, status in ((16 * 1024, 200), (16 * 1024 + 1, 413), (17 * 1024, 413)):
        body = json.dumps({"key": key, "device": "d", "unknown": ""}).encode()
        body = body[:-2] + b"x" * (size - len(body)) + body[-2:]
        headers = {"Content-Type": JSON}
        for content in (body, _pieces(body)):
            answer = await apps.http.post("/v1/activate", content=content, headers=headers)
            assert answer.status_code == status
            if status == 413:
                refused(answer, 413, "TOO_LONG", None)


@ON_SQLITE
async def test_a_form_is_a_question_too(apps: OnlineApi, database: Database) -> None:
    key = sell(database, device_limit=1).key
    form = {"key": f" {key.lower()} ", "device": "d ü", "replace": "false", "lease_days": "3"}
    answer = await apps.http.post("/v1/activate", data=form)
    assert answer.json()["code"] == "VALID"
    same = await apps.ask("activate", key=key, device="d ü")
    assert same.json()["devices"] == {"used": 1, "limit": 1}


@ON_SQLITE
async def test_the_largest_fields_are_taken(apps: OnlineApi, database: Database) -> None:
    key = sell(database).key
    fields = {"device": "d" * 200, "label": "ü" * 200, "nonce": "n" * 64, "lease_days": 365}
    for device in ("d" * 200, "ü" * 100, "\u200d", "'; DROP TABLE devices; --"):
        answer = await apps.ask("activate", **{**fields, "key": key, "device": device})
        assert answer.json()["code"] == "VALID"


def request_of(kind: str, body: bytes, query: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "headers": headers, "query_string": query}, receive)


READINGS: list[Callable[[Fields], Callable[[str], object]]] = [
    lambda fields: fields.text,
    lambda fields: fields.required,
    lambda fields: fields.flag,
    lambda fields: fields.number,
    lambda fields: fields.inner,
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
WRITTEN = st.dictionaries(st.text(), VALUES, max_size=5).map(lambda one: json.dumps(one).encode())


@given(
    st.sampled_from([*Kind, "multipart/form-data; boundary=x", "multipart/form-data; boundary"]),
    st.binary(max_size=200) | WRITTEN | st.binary().map(lambda inside: b"--x\r\n" + inside),
    st.binary(max_size=50),
)
async def test_no_body_breaks_the_reading(kind: str, body: bytes, query: bytes) -> None:
    try:
        fields = await read_fields(request_of(kind, body, query), tuple(Kind), query=True)
    except (BadRequestError, BodyTooLongError):
        return
    for name in fields.values:
        for reading in READINGS:
            with suppress(BadRequestError):
                reading(fields)(name)
