"""The promises of every dialect, over all of the registry."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from limits import RateLimitItemPerMinute

from api.online.dialects.registry import DIALECTS
from api.online.rates import Rates
from db.engine import Database
from db.sales import save_sale
from domain.license import License
from tests.api.online.dialects.cases import CASES, JSON, SHOP_KEY, Case
from tests.api.online.dialects.gumroad_app import PRODUCTS, TERMS, sale
from tests.db.rows import BUYER, NOON, store_event
from tests.support.online import Given, OnlineApi, online_api, put, sell
from tests.support.outages import database_away

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
EACH = pytest.mark.parametrize("name", sorted(DIALECTS))

NO_VERDICTS = {400, 413, 415, 422}
EXAMPLES = Path(__file__).parents[3] / "data" / "dialects"
NO_TEXTS = (b'"a\\u0000b"', b'"\\ud800"', b'"\xff"', b"9" * 400, b"[1]", b'{"a": 1}', b"true")
DEEP = b"[" * 5000 + b"]" * 5000


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(PRODUCTS, tuple(DIALECTS))) as api:
        yield api


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, sale(), TERMS)


@pytest.fixture
def case(name: str) -> Case:
    return CASES[name]


async def post(api: OnlineApi, case: Case, content: bytes, kind: str = JSON) -> httpx.Response:
    return await api.http.post(case.path, content=content, headers={"content-type": kind})


async def ask(api: OnlineApi, case: Case, key: object) -> httpx.Response:
    return await post(api, case, json.dumps(case.body(key)).encode(), case.content_type)


def is_open(answer: httpx.Response) -> bool:
    """Tell if a browser shows the answer to the app."""
    return "*" in answer.headers.get_list("access-control-allow-origin")


def test_each_dialect_has_a_case_and_says_what_it_cannot() -> None:
    assert set(DIALECTS) <= set(CASES)
    for dialect in DIALECTS.values():
        assert dialect.cannot
        assert all(reason for reason in dialect.cannot.values())


@EACH
@ON_SQLITE
@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
async def test_while_it_is_off_its_paths_are_unknown_paths(
    database: Database, tmp_path: Path, case: Case, method: str
) -> None:
    async with online_api(database, tmp_path, Given(PRODUCTS)) as api:
        unknown = await api.http.request(method, "/nothing/here")
        for path in (case.path, *case.others):
            answer = await api.http.request(method, path)
            assert (answer.status_code, answer.content) == (404, unknown.content)
            assert answer.headers.keys() == unknown.headers.keys()


@EACH
@ON_SQLITE
async def test_a_browser_may_ask_from_any_origin(api: OnlineApi, case: Case) -> None:
    for path, method in {case.path: "POST", **case.others}.items():
        answer = await api.http.options(path, headers={"origin": "https://app.example"})
        assert (answer.status_code, is_open(answer)) == (204, True)
        assert method in answer.headers["access-control-allow-methods"]
        assert "*" in answer.headers["access-control-allow-headers"]


@EACH
@ON_SQLITE
async def test_the_answer_has_every_key_of_the_vendors(
    api: OnlineApi, case: Case, license_: License
) -> None:
    (example,) = [
        one["response"]["body"]
        for one in json.loads((EXAMPLES / f"{case.examples}.json").read_text())
        if one["case"] == case.example
    ]
    answer = await ask(api, case, license_.key)
    assert (answer.status_code, is_open(answer)) == (200, True)
    assert case.is_good(answer.json())
    assert set(lacking(example, answer.json())) <= case.unasked


def lacking(example: Any, answer: Any, at: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield the places where a key is missing or has another type. Null may be any type."""
    if isinstance(example, dict) and isinstance(answer, dict):
        yield from (f"{at}.{name}" for name in example.keys() - answer.keys())
        for name in example.keys() & answer.keys():
            yield from lacking(example[name], answer[name], f"{at}.{name}")
    elif None not in (example, answer) and type(example) is not type(answer):
        yield at


@EACH
@ON_SQLITE
async def test_a_key_is_known_in_any_case_and_spacing(
    api: OnlineApi, case: Case, license_: License
) -> None:
    own = license_.key
    for key in (own, own.lower(), own.replace("-", ""), f" {own} ", SHOP_KEY, SHOP_KEY.lower()):
        answer = await ask(api, case, key)
        assert case.is_good(answer.json()), key


@EACH
@ON_SQLITE
async def test_an_unknown_key_is_refused(api: OnlineApi, case: Case, license_: License) -> None:
    for key in ("nobody's", SHOP_KEY[:-1], license_.key[:-1]):
        answer = await ask(api, case, key)
        assert answer.status_code in {200, 404}
        assert not case.is_good(answer.json())
        assert is_open(answer)


STATES: list[tuple[str, str]] = [
    ("active", ""),
    ("revoked", "refunded"),
    ("suspended", "disputed"),
    ("suspended", "paused"),
    ("revoked", "by_hand"),
]


@EACH
@ON_SQLITE
async def test_no_answer_tells_anything_of_the_buyer(
    api: OnlineApi, case: Case, license_: License
) -> None:
    for status, reason in STATES:
        put(api.database, license_, status=status, reason=reason or None)
        text = (await ask(api, case, license_.key)).text.lower()
        assert [one for one in (BUYER, "ada buyer", "@") if one in text] == []


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
    for value in (
        b'"a\\u0000b"',
        b'"\\ud800"',
        b'"\xff"',
        b"9" * 400,
        b"[1]",
        b'{"a": 1}',
        b"true",
    ):
        yield good.replace(b'"KEY"', value)
    twice = f'"{case.key_field}": "a", "{case.key_field}":'
    yield good.replace(f'"{case.key_field}":'.encode(), twice.encode())


@EACH
@ON_SQLITE
async def test_a_body_that_is_no_question_gets_no_verdict(api: OnlineApi, case: Case) -> None:
    for body in bad_bodies(case):
        answer = await post(api, case, body, case.content_type)
        assert answer.status_code in NO_VERDICTS, (body[:50], answer.text)
        assert is_open(answer)


@EACH
@ON_SQLITE
async def test_a_wrong_content_type_gets_no_verdict(api: OnlineApi, case: Case) -> None:
    body = json.dumps(case.body("KEY")).encode()
    for kind in ("text/html", "image/png", "multipart/form-data", ";;", "x" * 4000):
        answer = await post(api, case, body, kind)
        assert answer.status_code in NO_VERDICTS, kind
        assert is_open(answer)


@EACH
@ON_SQLITE
async def test_a_missing_body_is_a_missing_key(api: OnlineApi, case: Case) -> None:
    answer = await api.http.post(case.path)
    assert (answer.status_code, is_open(answer)) == (case.empty, True)


@EACH
@ON_SQLITE
async def test_a_long_body_is_refused(api: OnlineApi, case: Case) -> None:
    long = json.dumps(case.body("K" * 17 * 1024)).encode()

    async def in_chunks() -> AsyncIterator[bytes]:
        yield long

    headers = {"content-type": case.content_type}
    told = await api.http.post(case.path, content=long, headers=headers)
    untold = await api.http.post(case.path, content=in_chunks(), headers=headers)
    assert [(one.status_code, is_open(one)) for one in (told, untold)] == [(413, True)] * 2


@EACH
@ON_POSTGRES
async def test_without_the_database_there_is_no_verdict(
    api: OnlineApi, case: Case, license_: License
) -> None:
    with database_away(api.database.engine.url):
        answer = await ask(api, case, license_.key)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert is_open(answer)
    assert case.is_good((await ask(api, case, license_.key)).json())


@EACH
@ON_SQLITE
async def test_a_license_that_is_being_minted_gets_no_verdict(api: OnlineApi, case: Case) -> None:
    sold = sale()
    event_id = api.database.write_here(store_event, sold.order_id)
    api.database.write_here(save_sale, event_id, sold, NOON)
    answer = await ask(api, case, SHOP_KEY)
    assert (answer.status_code, is_open(answer)) == (503, True)
    assert int(answer.headers["retry-after"]) > 0


@EACH
@ON_SQLITE
async def test_bad_keys_of_one_address_are_bounded(
    database: Database, tmp_path: Path, case: Case, license_: License
) -> None:
    rates = Rates(bad_keys=RateLimitItemPerMinute(3))
    given = Given(PRODUCTS, tuple(DIALECTS), rates=rates)
    async with online_api(database, tmp_path, given) as api:
        assert case.is_good((await ask(api, case, license_.key)).json())
        answers = [await ask(api, case, "nobody's") for _ in range(4)]
        assert [one.status_code == 429 for one in answers] == [False, False, False, True]
        assert (int(answers[-1].headers["retry-after"]) > 0, is_open(answers[-1])) == (True, True)
        assert case.is_good((await ask(api, case, license_.key)).json())
