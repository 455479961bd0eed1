"""The refusals of every dialect: never a verdict, and never a 500."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.online.dialects.registry import DIALECTS
from api.online.rates import Rates
from api.online.windows import Rate
from db.engine import Database
from db.sales import save_sale
from domain.license import License
from tests.api.online.dialects.cases import Case, ask, is_open, post
from tests.api.online.dialects.gumroad_app import PRODUCTS, SHOP_KEY, sale
from tests.db.rows import NOON, store_event
from tests.support.online import Given, OnlineApi, online_api
from tests.support.outages import database_away

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For an outage, because a locked SQLite file can still be read."""

EACH = pytest.mark.parametrize("name", sorted(DIALECTS))
NO_VERDICTS = {400, 413, 415, 422}
NO_TEXTS = (b'"a\\u0000b"', b'"\\ud800"', b'"\xff"', b"9" * 400, b"[1]", b'{"a": 1}', b"true")
DEEP = b"[" * 5000 + b"]" * 5000


def bad_bodies(case: Case) -> Iterator[bytes]:
    """Yield bodies that hold no question."""
    yield b"[1]"
    yield b"null"
    yield b"text"
    yield b"{"
    yield b"\xff\xfe"
    yield DEEP
    yield b'{"deep": ' + DEEP + b"}"
    yield b"9" * 400
    good = json.dumps(case.body("KEY")).encode()
    for value in NO_TEXTS:
        yield good.replace(b'"KEY"', value)
    twice = f'"{case.key_field}": "a", "{case.key_field}":'
    yield good.replace(f'"{case.key_field}":'.encode(), twice.encode())


@EACH
@ON_SQLITE
async def test_a_body_that_is_no_question_gets_no_verdict(every: OnlineApi, case: Case) -> None:
    for body in bad_bodies(case):
        answer = await post(every, case, body, case.content_type)
        assert answer.status_code in NO_VERDICTS, (body[:50], answer.text)
        assert is_open(answer)


@EACH
@ON_SQLITE
async def test_a_wrong_content_type_gets_no_verdict(every: OnlineApi, case: Case) -> None:
    body = json.dumps(case.body("KEY")).encode()
    for kind in ("text/html", "image/png", "multipart/form-data", ";;", "x" * 4000):
        answer = await post(every, case, body, kind)
        assert answer.status_code in NO_VERDICTS, kind
        assert is_open(answer)


@EACH
@ON_SQLITE
async def test_a_missing_body_is_a_missing_key(every: OnlineApi, case: Case) -> None:
    answer = await every.http.post(case.path)
    assert (answer.status_code, is_open(answer)) == (case.empty, True)


@EACH
@ON_SQLITE
async def test_a_long_body_is_refused(every: OnlineApi, case: Case) -> None:
    long = json.dumps(case.body("K" * 17 * 1024)).encode()

    async def in_chunks() -> AsyncIterator[bytes]:
        yield long

    headers = {"content-type": case.content_type}
    told = await every.http.post(case.path, content=long, headers=headers)
    untold = await every.http.post(case.path, content=in_chunks(), headers=headers)
    assert [(one.status_code, is_open(one)) for one in (told, untold)] == [(413, True)] * 2


@EACH
@ON_POSTGRES
async def test_without_the_database_there_is_no_verdict(
    every: OnlineApi, case: Case, sold: License
) -> None:
    with database_away(every.database.engine.url):
        answer = await ask(every, case, sold.key)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert is_open(answer)
    assert case.is_good((await ask(every, case, sold.key)).json())


@EACH
@ON_SQLITE
async def test_a_license_that_is_being_minted_gets_no_verdict(every: OnlineApi, case: Case) -> None:
    waits = sale()
    event_id = every.database.write_here(store_event, waits.order_id)
    every.database.write_here(save_sale, event_id, waits, NOON)
    answer = await ask(every, case, SHOP_KEY)
    assert (answer.status_code, is_open(answer)) == (503, True)
    assert int(answer.headers["retry-after"]) > 0


@EACH
@ON_SQLITE
async def test_bad_keys_of_one_address_are_bounded(
    database: Database, tmp_path: Path, case: Case, sold: License
) -> None:
    rates = Rates(bad_keys=Rate(3, timedelta(days=1)))
    given = Given(PRODUCTS, tuple(DIALECTS), rates=rates)
    async with online_api(database, tmp_path, given) as api:
        assert case.is_good((await ask(api, case, sold.key)).json())
        answers = [await ask(api, case, "nobody's") for _ in range(4)]
        assert [one.status_code == 429 for one in answers] == [False, False, False, True]
        assert (int(answers[-1].headers["retry-after"]) > 0, is_open(answers[-1])) == (True, True)
        assert case.is_good((await ask(api, case, sold.key)).json())
