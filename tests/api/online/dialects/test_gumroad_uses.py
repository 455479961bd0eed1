"""Gumroad's counter, and the refusals of its verify call."""

import asyncio

import pytest

from db.engine import Database
from tests.api.online.dialects.gumroad_app import (
    PATH,
    PRODUCT,
    TERMS,
    GumroadApp,
    sale,
)
from tests.support.online import put, sell
from tests.support.outages import database_away

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For an outage, because a locked SQLite file can still be read."""


@pytest.fixture
def key(database: Database) -> str:
    return sell(database, sale(), TERMS).key


@ON_SQLITE
@pytest.mark.parametrize("flag", ["true", "", "0", "no", "False", None])
async def test_a_question_counts_at_every_flag_but_false(
    app: GumroadApp, key: str, flag: str | None
) -> None:
    fields = {} if flag is None else {"increment_uses_count": flag}
    assert [(await app.verified(key, **fields))["uses"] for _ in range(3)] == [1, 2, 3]
    assert (await app.verified(key, increment_uses_count="false"))["uses"] == 3


@ON_SQLITE
@pytest.mark.parametrize(("flag", "uses"), [(False, 0), ("false", 0), (True, 1), (None, 1), (0, 1)])
async def test_json_may_write_the_flag_as_a_word_or_as_text(
    app: GumroadApp, key: str, flag: object, uses: int
) -> None:
    asked = {"product_id": PRODUCT, "license_key": key, "increment_uses_count": flag}
    assert (await app.api.http.post(PATH, json=asked)).json()["uses"] == uses


async def test_questions_at_once_get_different_numbers(app: GumroadApp, key: str) -> None:
    answers = await asyncio.gather(*(app.verified(key) for _ in range(20)))
    assert sorted(answer["uses"] for answer in answers) == list(range(1, 21))


@ON_SQLITE
async def test_refused_questions_do_not_count(app: GumroadApp, database: Database) -> None:
    license_ = sell(database, sale(), TERMS, status="suspended", reason="disputed")
    assert (await app.verified(license_.key))["uses"] == 0
    put(database, license_, status="active", reason=None)
    assert (await app.verified(license_.key))["uses"] == 1


NO_TEXTS = ('["text"]', '{"a": "b"}', "12", "9" * 400, "true", '"a\\u0000b"', '"\\ud800"')


@ON_SQLITE
@pytest.mark.parametrize(
    "name", ["license_key", "product_id", "product_permalink", "id", "link_id"]
)
async def test_a_field_that_is_no_text_is_refused_by_name(app: GumroadApp, name: str) -> None:
    message = f"The '{name}' parameter must be a string."
    for value in NO_TEXTS:
        body, header = f'{{"{name}": {value}}}', {"content-type": "application/json"}
        answer = await app.api.http.post(PATH, content=body, headers=header)
        assert (answer.status_code, answer.json()) == (400, {"success": False, "message": message})


@ON_SQLITE
@pytest.mark.parametrize("header", ["", "; boundary=x", "; boundary=" + "x" * 300])
async def test_a_bad_multipart_body_leaves_no_line_in_the_log(
    app: GumroadApp, header: str, caplog: pytest.LogCaptureFixture
) -> None:
    part = "--x\r\nContent-Transfer-Encoding: PRIVATE\r\n\r\nPRIVATE\r\n--x--"
    for body in (part, part.replace("\r\n", "\n"), "--x\r\nPRIVATE", ""):
        kind = {"content-type": f"multipart/form-data{header}"}
        answer = await app.api.http.post(PATH, content=body.encode(), headers=kind)
        assert answer.status_code == 400 or not body
    assert "multipart" not in {record.name.partition(".")[2] for record in caplog.records}
    assert "PRIVATE" not in caplog.text


@ON_POSTGRES
async def test_an_outage_is_no_json_that_an_app_could_take_for_a_verdict(
    app: GumroadApp, database: Database, key: str
) -> None:
    with database_away(database.engine.url):
        answer = await app.post(key)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text


@ON_SQLITE
@pytest.mark.parametrize("verb", ["enable", "disable", "decrement_uses_count", "rotate"])
async def test_the_sellers_calls_are_unknown_paths(app: GumroadApp, key: str, verb: str) -> None:
    http, asked = app.api.http, {"license_key": key, "product_id": PRODUCT}
    unknown = await http.put("/nothing/here", data=asked)
    answer = await http.put(f"/gumroad/v2/licenses/{verb}", data=asked)
    assert (answer.status_code, answer.text) == (404, unknown.text)
    assert answer.headers.keys() == unknown.headers.keys()
