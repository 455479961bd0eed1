"""The worker names an event if its body is too large for the API."""

import asyncio

import pytest

from api.bodies import LONGEST_BODY
from api.webhooks import LONGEST_NAMED
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDINARY = recorded("01")
REFUND = recorded("12")
LARGE = {"padding": "%" * LONGEST_NAMED}


async def test_large_sale_runs_as_its_order_does(mintpost: Mintpost, order: str) -> None:
    body = changed(ORDINARY, sale_id=order, **LARGE)
    assert (await mintpost.ping(body)).status_code == 200
    (row,) = await mintpost.settled_and_named()
    assert (row.kind, row.order_id, row.outcome) == ("sale", order, "fulfilled")
    assert row.workflow_id == f"gumroad:{order}"
    assert [license_.order_id for license_ in await mintpost.licenses()] == [order]
    assert len(await mintpost.deliveries()) == 1


@pytest.mark.parametrize("arrival", ["large-first", "large-last", "at-once"])
async def test_copies_of_every_size_are_one_order(
    mintpost: Mintpost, order: str, arrival: str
) -> None:
    small = changed(ORDINARY, sale_id=order)
    large = changed(small, **LARGE)
    if arrival == "at-once":
        await asyncio.gather(*(mintpost.ping(body) for body in [large, small] * 3))
    else:
        for body in [large, small] if arrival == "large-first" else [small, large]:
            await mintpost.ping(body)
            await mintpost.settled()
    rows = await mintpost.settled()
    assert {row.order_id for row in rows} == {order}
    assert sorted({str(row.outcome) for row in rows}) == ["duplicate", "fulfilled"]
    assert [row.outcome for row in rows].count("fulfilled") == 1
    assert len(await mintpost.licenses()) == 1
    assert len(await mintpost.deliveries()) == 1


@ON_SQLITE
async def test_large_refund_is_named_and_its_sale_is_not_minted_later(mintpost: Mintpost) -> None:
    await mintpost.ping(changed(REFUND, **LARGE))
    (row,) = await mintpost.settled_and_named()
    assert (row.kind, row.outcome) == ("refund", "noted:no_sale_yet")
    assert row.workflow_id == f"gumroad:event:{row.id}"
    await mintpost.ping(changed(ORDINARY, sale_id=order_of(REFUND)))
    newest, _ = await mintpost.settled()
    assert newest.outcome == "ignored:refunded"


@ON_SQLITE
async def test_large_body_that_is_nothing_fails_with_its_sentence(stepped: Mintpost) -> None:
    await stepped.ping(b"%" * LONGEST_BODY)
    (row,) = await stepped.settled_and_named()
    assert (row.kind, row.order_id, row.outcome) == ("unknown", None, "failed")
    assert row.error is not None


@ON_SQLITE
async def test_sale_that_was_cut_off_fails_as_its_order(mintpost: Mintpost, order: str) -> None:
    body = changed(ORDINARY, sale_id=order, padding="x" * LONGEST_BODY)
    await mintpost.ping(body)
    (row,) = await mintpost.settled_and_named()
    assert (row.kind, row.order_id, row.outcome) == ("sale", order, "failed")
    assert f"its body has {len(body):,} bytes" in str(row.error)
    # The same order is sold with a whole body.
    await mintpost.ping(changed(ORDINARY, sale_id=order))
    assert {row.outcome for row in await mintpost.settled()} == {"fulfilled", "duplicate"}
