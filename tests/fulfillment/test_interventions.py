"""The Web UI's buttons on sales that wait, run, failed or are done: each ends in an outcome.

One stack holds all of these sales, because most of a test's time is the start of a stack.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from db.engine import Database
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, Reaction, Request, refuse
from licensing.signing import Signer
from mailers.postmark.service import PostmarkEmailService
from operations.replay.plans import plan_failed
from operations.replay.replaying import Replay
from tests.support.pings import changed, recorded
from tests.support.pressing import BUTTONS, press
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal_server import running_temporal
from tests.support.waiting import until

QUICK_DELETION = (
    "--dynamic-config-value=history.transferProcessorEnsureCloseBeforeDelete=false",
    "--dynamic-config-value=history.visibilityProcessorEnsureCloseBeforeDelete=false",
)
"""Otherwise Temporal takes half a minute to delete a run."""

MAPPED = '  - product_id: "new-product=="\n    tier: new\n'
LONG = timedelta(minutes=1)
REFUSED_BY_TEMPORAL = {"terminate", "step-reset", "pause", "unpause"}
"""The acts on a run that has ended. Temporal also takes a cancellation, and does nothing."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def stack(
    database: Database, signer: Signer, mailer: PostmarkEmailService, tmp_path: Path
) -> AsyncIterator[Mintpost]:
    async with running_temporal(tmp_path, *QUICK_DELETION) as client:
        setup = Setup(database, client, "pressed", tmp_path, signer, mailer)
        async with running(setup) as mintpost:
            yield mintpost


def names(state: str, buttons: Iterable[str] = BUTTONS) -> list[str]:
    return [f"{state}-{button}" for button in buttons]


async def sell(mintpost: Mintpost, orders: Iterable[str], **fields: str) -> None:
    for order in orders:
        await mintpost.ping(changed(recorded("01"), sale_id=order, **fields))


async def outcomes(mintpost: Mintpost) -> dict[str, str | None]:
    return {str(event.order_id): event.outcome for event in await mintpost.events()}


async def pressed(client: Client, orders: Iterable[str]) -> set[str]:
    """Press each sale's button; return the sales for which Temporal refuses it."""
    refused: set[str] = set()
    for order in orders:
        try:
            await press(client, f"gumroad:{order}", order.partition("-")[2])
        except RPCError:
            refused.add(order)
    return refused


async def ended(mintpost: Mintpost, orders: Iterable[str]) -> None:
    for order in orders:

        async def closed(order: str = order) -> bool | None:
            return (await mintpost.run_of(order).describe()).close_time is not None or None

        await until(closed, f"{order} has ended")


async def test_sales_that_wait_failed_or_are_done(stack: Mintpost, postmark: FakePostmark) -> None:
    done, failed, parked = names("done"), names("failed"), names("parked")
    await sell(stack, done)
    await stack.settled_and_named()
    postmark.default = refuse(422, 406)
    await sell(stack, failed)
    await stack.settled_and_named()
    await ended(stack, done + failed)
    await sell(stack, parked, product_id="new-product==")
    for order in parked:
        await stack.pending(order, "mint")
    postmark.default = ACCEPT

    closed = await pressed(stack.client, done + failed)
    assert closed == {*names("done", REFUSED_BY_TEMPORAL), *names("failed", REFUSED_BY_TEMPORAL)}
    assert await pressed(stack.client, parked) == set()

    async def paused() -> bool | None:
        (event,) = await stack.events("parked-pause")
        return str(event.error).startswith("mint is paused in Temporal") or None

    await until(paused, "the event tells of the pause")
    stack.products.write_text(stack.products.read_text() + MAPPED)
    await press(stack.client, "gumroad:parked-pause", "unpause")
    await stack.settled()

    async def reset() -> bool | None:
        return (await outcomes(stack))["failed-reset"] == "fulfilled" or None

    await until(reset, "the reset of a failed sale mails it")
    found = await outcomes(stack)
    still_failed = {order for order, outcome in found.items() if outcome == "failed"}
    assert still_failed == {*failed, "parked-cancel", "parked-terminate"} - {"failed-reset"}
    assert {found[order] for order in found.keys() - still_failed} == {"fulfilled"}
    for event in await stack.events():
        assert event.error is None or f"`mintpost replay gumroad:{event.order_id}`" in event.error

    plans = await plan_failed(stack.client, stack.database, None)
    replayed = await Replay(stack.client, stack.database, "ada").do(plans, LONG)
    ways = Counter(each.does for each in replayed if each.outcome == "fulfilled")
    assert ways == {"reset": len(still_failed) - 1, "start": 1}  # One run was deleted.
    assert set((await outcomes(stack)).values()) == {"fulfilled"}
    assert len(await stack.licenses()) == len(postmark.accepted) == len(found)


async def test_sales_whose_step_is_under_way(stack: Mintpost, postmark: FakePostmark) -> None:
    orders = names("running", ("cancel", "terminate", "delete"))
    let_go = asyncio.Event()
    came: list[Request] = []

    async def hold(request: Request) -> None:
        came.append(request)
        await let_go.wait()

    postmark.default = Reaction(kept=True, meanwhile=hold)
    await sell(stack, orders)

    async def held() -> bool | None:
        return len(came) >= len(orders) or None

    await until(held, "each mail is at the provider")
    assert await pressed(stack.client, orders) == set()
    let_go.set()
    await stack.settled()
    found = await outcomes(stack)
    assert found["running-delete"] == "fulfilled"
    # Its step may have ended before the cancellation came to the worker.
    assert set(found.values()) <= {"fulfilled", "failed"}

    plans = await plan_failed(stack.client, stack.database, None)
    await Replay(stack.client, stack.database, "ada").do(plans, LONG)
    assert set((await outcomes(stack)).values()) == {"fulfilled"}
    assert len(await stack.licenses()) == len(postmark.accepted) == len(orders)
