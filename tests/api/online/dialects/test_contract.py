"""The promises of every dialect, over all of the registry."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.online.dialects.registry import DIALECTS
from db.engine import Database
from domain.license import License
from tests.api.online.dialects.cases import CASES, Case, ask, is_open
from tests.api.online.dialects.gumroad_app import PRODUCTS, SHOP_KEY
from tests.db.rows import BUYER, NOON
from tests.support.online import Given, OnlineApi, Value, online_api, put
from tests.support.wire import examples

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EACH = pytest.mark.parametrize("name", sorted(DIALECTS))


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
async def test_a_browser_may_ask_from_any_origin(every: OnlineApi, case: Case) -> None:
    for path, method in {case.path: "POST", **case.others}.items():
        answer = await every.http.options(path, headers={"origin": "https://app.example"})
        assert (answer.status_code, is_open(answer)) == (204, True)
        assert method in answer.headers["access-control-allow-methods"]
        assert "*" in answer.headers["access-control-allow-headers"]


@EACH
@ON_SQLITE
async def test_the_answer_has_every_key_of_the_vendors(
    every: OnlineApi, case: Case, sold: License
) -> None:
    example = examples(case.examples)[case.example]["response"]["body"]
    answer = await ask(every, case, sold.key)
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
    every: OnlineApi, case: Case, sold: License
) -> None:
    own = sold.key
    for key in (own, own.lower(), own.replace("-", ""), f" {own} ", SHOP_KEY, SHOP_KEY.lower()):
        answer = await ask(every, case, key)
        assert case.is_good(answer.json()), key


@EACH
@ON_SQLITE
async def test_an_unknown_key_is_refused(every: OnlineApi, case: Case, sold: License) -> None:
    for key in ("nobody's", SHOP_KEY[:-1], sold.key[:-1]):
        answer = await ask(every, case, key)
        assert answer.status_code in {200, 404}
        assert not case.is_good(answer.json())
        assert is_open(answer)


STATES: list[dict[str, Value]] = [
    {"status": "active", "reason": None},
    {"status": "revoked", "reason": "refunded"},
    {"status": "suspended", "reason": "disputed"},
    {"status": "suspended", "reason": "paused"},
    {"status": "revoked", "reason": "by_hand"},
    {"status": "active", "reason": None, "expires_at": NOON - timedelta(days=1)},
]


@EACH
@ON_SQLITE
async def test_no_answer_tells_anything_of_the_buyer(
    every: OnlineApi, case: Case, sold: License
) -> None:
    for columns in STATES:
        put(every.database, sold, **columns)
        text = (await ask(every, case, sold.key)).text.lower()
        assert [one for one in (BUYER, "ada buyer", "@") if one in text] == []
