"""`mintpost show`: one sale whole, and what it waits for."""

import asyncio
import json
from collections.abc import Callable

import pytest

from kit.temporal_outages import OUTAGES
from tests.support.commanding import SENTENCE, Answer, Run, Shop
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def shown(mint: Run, order: str, holds: Callable[[Answer], bool]) -> Answer:
    """Show until it holds: Temporal's view of a run trails the database's."""

    async def look() -> Answer | None:
        answer = await asyncio.to_thread(mint, "show", order, "--json")
        return answer if holds(answer) else None

    return await until(look, f"{order} is shown so")


@ON_SQLITE
async def test_a_fulfilled_sale_is_shown_whole(shop: Shop, mint: Run) -> None:
    answer = await shown(mint, f"gumroad:{shop.sold}", lambda answer: "completed" in answer.out)
    whole = json.loads(answer.out)
    assert whole["order"] == f"gumroad:{shop.sold}"
    assert [event["outcome"] for event in whole["events"]] == ["duplicate", "fulfilled"]
    assert [len(whole[part]) for part in ("sales", "licenses", "deliveries")] == [1, 1, 1]
    assert whole["workflow"]["status"] == "completed"
    assert whole["waits_for"] is None
    text = (await asyncio.to_thread(mint, "show", f"gumroad:{shop.sold}")).out
    for fact in (whole["licenses"][0]["key"], "ada.buyer@example.com", "completed", "Ada Buyer"):
        assert fact in text
    assert "waits for" not in text


@ON_SQLITE
async def test_a_parked_sale_tells_the_step_it_waits_in(shop: Shop, mint: Run) -> None:
    answer = await shown(mint, f"gumroad:{shop.parked}", lambda answer: '"mint"' in answer.out)
    whole = json.loads(answer.out)
    assert whole["workflow"]["status"] == "running"
    assert whole["waits_for"].startswith("mint (attempt ")
    assert whole["waits_for"].endswith(SENTENCE)
    text = (await asyncio.to_thread(mint, "show", f"gumroad:{shop.parked}")).out
    assert f": {SENTENCE}" in text
    assert "waits for mint (attempt " in text


@ON_SQLITE
async def test_without_temporal_the_database_still_tells(
    shop: Shop, mint: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    answer = await asyncio.to_thread(mint, "show", f"gumroad:{shop.parked}", "--json")
    whole = json.loads(answer.out)
    closed = OUTAGES["CLOSED"]
    assert whole["workflow"]["status"] == f"not known: {closed} (it is 127.0.0.1:1)"
    assert whole["waits_for"] == SENTENCE


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_an_unknown_order_is_a_sentence(mint: Run) -> None:
    for order in ("gumroad:nobody", "gumroad:"):
        answer = await asyncio.to_thread(mint, "show", order)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == f"no event of {order} is known; all that came in: `mintpost events`\n"


@pytest.mark.parametrize("command", ["retry", "resend"])
def test_an_order_without_its_storefront_is_told_how_to_name_it(mint: Run, command: str) -> None:
    answer = mint(command, "A1first==")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "A1first== names no storefront: write gumroad:A1first==\n"
