"""The API reads the product mapping for its answers, and must live without one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.online.mapping import MappingAwayError, OnlineMapping
from db.engine import Database
from domain.sale import Product
from tests.support.online import PRODUCTS, Given, online_api, sell

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def seats_of(mapping: OnlineMapping) -> int:
    return (await mapping.current()).find("gumroad", Product("product-1", "Lumen")).seats


async def test_an_edit_counts_at_the_next_question(tmp_path: Path) -> None:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS)
    mapping = OnlineMapping(file, ("gumroad",))
    assert await seats_of(mapping) == 1
    file.write_text(f"{PRODUCTS}    seats: 7\n")
    assert await seats_of(mapping) == 7
    file.write_text("broken: [")
    assert await seats_of(mapping) == 7
    file.unlink()
    assert await seats_of(mapping) == 7


async def test_a_file_without_a_change_costs_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS)
    mapping = OnlineMapping(file, ("gumroad",))
    assert await seats_of(mapping) == 1

    async def refuse(_work: Callable[..., Any]) -> None:
        raise AssertionError("a thread was used")

    monkeypatch.setattr(asyncio, "to_thread", refuse)
    assert await seats_of(mapping) == 1


async def test_without_a_file_the_operator_is_told_and_no_app_gets_a_verdict(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "products.yaml"
    mapping = OnlineMapping(file, ("gumroad",))
    with pytest.raises(MappingAwayError):
        await mapping.current()
    (sentence,) = [each.sentence for each in await mapping.findings()]
    assert sentence.startswith("PRODUCTS_FILE: apps get no answer about licenses, because ")
    assert str(file) in caplog.text
    assert str(file) not in sentence  # Strangers may read it.
    file.write_text(PRODUCTS)
    assert await mapping.findings() == []
    assert await seats_of(mapping) == 1


@ON_SQLITE
async def test_without_a_file_an_app_is_asked_to_come_again(
    database: Database, tmp_path: Path
) -> None:
    key = sell(database).key
    async with online_api(database, tmp_path, Given(products=None)) as apps:
        answer = await apps.ask("validate", key=key)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.json() == {
            "code": "UNAVAILABLE",
            "field": None,
            "message": "No answer is possible now. Ask again in 10 seconds.",
        }
        assert answer.headers["access-control-allow-origin"] == "*"
        apps.products.write_text(PRODUCTS)
        assert (await apps.ask("validate", key=key)).json()["code"] == "VALID"
