"""`mintpost reread` shows the changes, asks, and applies the events once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import URL, update

from commands.asking import UNANSWERED
from commands.reread import NOTHING
from db.engine import Database
from db.requests import store_request
from db.tables import EventRow
from db.views.lists import Filters, list_licenses
from tests.db.rows import mint as mint_sale, sale_of
from tests.support.commanding import Answer, Run
from tests.support.pings import changed, new_event, recorded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDER = "order-1"
PRODUCTS = "gumroad:\n  - {product_id: product-1, tier: pro}\n"
REFUND = changed(recorded("12"), sale_id=ORDER)
TOLD = f"event 2, refund of gumroad:{ORDER}: license 1 revoked (refunded)"


@dataclass(frozen=True, slots=True)
class Old:
    """A sold license, and an event that an older version ignored."""

    database: Database
    reread: Callable[..., Awaitable[Answer]]

    def ignored(self, body: bytes) -> None:
        event = self.database.write_here(store_request, new_event(body, ORDER, "refund"))
        closed = update(EventRow).where(EventRow.id == event).values(outcome="ignored:refund")
        self.database.write_here(lambda session: session.execute(closed))

    def status(self) -> str:
        (license_,) = self.database.read_here(list_licenses, Filters())
        return license_.status


@pytest.fixture
def old(
    database: Database, database_url: URL, mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> Old:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS)
    clean.setenv("PRODUCTS_FILE", str(file))
    clean.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    database.write_here(mint_sale, replace(sale_of(), name="Ada Buyer"))
    return Old(database, lambda *words: asyncio.to_thread(mint, "reread", *words))


async def test_dry_run_only_tells(old: Old) -> None:
    old.ignored(REFUND)
    answer = await old.reread("--dry-run")
    summary = "1 event from before: 1 changes a license; nobody is mailed"
    assert (answer.code, answer.out.splitlines()) == (0, [TOLD, summary]), answer.err
    assert old.status() == "active"


async def test_nothing_is_applied_without_an_answer(old: Old) -> None:
    old.ignored(REFUND)
    answer = await old.reread()
    assert (answer.code, UNANSWERED in answer.err, TOLD in answer.out) == (1, True, True)
    assert old.status() == "active"


async def test_events_are_applied_once(old: Old) -> None:
    old.ignored(REFUND)
    (line,) = json.loads((await old.reread("--yes", "--json")).out)
    assert (line["event_id"], line["outcome"], line["mails"]) == (2, "applied", 0)
    assert old.status() == "revoked"
    assert (await old.reread("--yes")).out == f"{NOTHING}\n"
    assert json.loads((await old.reread("--json")).out) == []


async def test_event_of_another_seller_is_told_and_stays(
    old: Old, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("GUMROAD_SELLER_ID", "another-seller")
    old.ignored(REFUND)
    answer = await old.reread("--yes")
    assert answer.code == 0
    assert "stays as it is: a reading today ends as ignored:foreign_seller" in answer.out
    assert old.status() == "active"
