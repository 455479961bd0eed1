"""The step that applies facts: one write, and the same answer however often it runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.apply import Apply
from catalog.file import ProductsFile
from db.engine import Database
from db.requests import store_request
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import mint, sale_of
from tests.support.lives import changes, lives
from tests.support.pings import changed, new_event, recorded
from tests.support.running import PRODUCTS
from workflows.steps import EventToApply

NOW = datetime(2026, 9, 2, tzinfo=UTC)
ORDER = "order-1"
AGENCY = '  - {product_id: "sDOLRWAJ9iPxvwmpujenuA==", variant: {Tier: Agency}, tier: agency}\n'
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Step = Callable[[datetime], Apply]


@pytest.fixture
def step(database: Database, tmp_path: Path) -> Step:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS + AGENCY)
    products = ProductsFile(file, ("gumroad",))
    return lambda at: Apply(database, {"gumroad": Gumroad(())}, products, clock=lambda: at)


def store(database: Database, number: str, kind: str, **fields: str) -> EventToApply:
    body = changed(recorded(number), **fields)
    return EventToApply(database.write_here(store_request, new_event(body, ORDER, kind)), kind)


async def test_refund_that_is_applied_again_after_a_crash_gives_the_same_answer(
    database: Database, step: Step
) -> None:
    database.write_here(mint, sale_of(ORDER))
    event = store(database, "12", "refund", sale_id=ORDER)
    first, again = [await step(NOW).apply(event) for _ in range(2)]
    assert first == again
    assert (first.outcome, first.told) == ("applied", ("license 1 revoked (refunded)",))
    assert await changes(database) == [event.event_id]


@ON_SQLITE
async def test_mail_of_a_restored_license_is_told_again_after_a_crash(
    database: Database, step: Step
) -> None:
    database.write_here(mint, sale_of(ORDER))
    await step(NOW).apply(store(database, "14", "dispute", sale_id=ORDER))
    event = store(database, "15", "dispute_won", sale_id=ORDER)
    first, again = [await step(NOW).apply(event) for _ in range(2)]
    assert first == again
    assert len(first.delivery_ids) == 1


@ON_SQLITE
async def test_step_writes_in_one_transaction(
    database: Database, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write_here(mint, sale_of(ORDER))
    event = store(database, "12", "refund", sale_id=ORDER)
    written: list[str] = []

    async def write(query: Callable[..., object], *args: object) -> object:
        written.append(query.__name__)
        return database.write_here(query, *args)

    monkeypatch.setattr(database, "write", write)
    await step(NOW).apply(event)
    assert written == ["apply_event"]


@ON_SQLITE
async def test_plan_of_later_is_applied_at_its_time(database: Database, step: Step) -> None:
    database.write_here(mint, sale_of(ORDER, subscription_id="subscription-1"))
    at = NOW + timedelta(days=3)
    event = store(
        database,
        "21",
        "subscription_updated",
        subscription_id="subscription-1",
        effective_as_of=at.isoformat(),
    )
    waits = await step(NOW).apply(event)
    assert (waits.outcome, waits.again_at) == ("noted:effective_later", at)
    assert (await lives(database))[ORDER].tier == "pro"
    applied = await step(at).apply(event)
    assert (applied.outcome, applied.again_at) == ("applied", None)
    assert (await lives(database))[ORDER].tier == "agency"
