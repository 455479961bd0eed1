"""Plays rounds on a real stack: requests and faults together, until no work is left."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, TypeVar

import httpx
from temporalio.client import Client

from db.engine import Database, open_engine
from domain.errors import DatabaseAwayError
from embedded.isolated_plan import plan_isolated_stack
from embedded.stack import Stack, StackPlan
from fakes.postmark import FakePostmark, tell_nobody
from torture.acting import Seller
from torture.apps import Apps
from torture.at_rest import look_at_rest
from torture.correcting import Operator
from torture.database import RoundDatabase
from torture.evidence import Evidence
from torture.faults import Faults
from torture.gathering import OutsideEvidence, gather, open_rows, settled_orders, spooled
from torture.plan import Schedule
from torture.quiet import PATIENCE, QuietPatience, RemainingWork, wait_until_quiet
from torture.report import ProgressReporter, Result
from torture.reporting import SECRET, Reporting
from torture.shop import TorturedShop, served_api
from torture.traffic import OK, PAUSES, RequestSender, sender_client
from torture.verdict import Breach, breaches

LOOK_SECONDS = 0.2
OPERATOR_SECONDS = 30
"""Timeout for the corrections left after the last request. A lost request can never be corrected.
"""
LOOKUP_SECONDS = 4
"""Longer than the delay of the provider's list, and than the provider's delay with a mail."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Arena:
    """A running stack, and everything around it that a round disturbs or counts."""

    data_dir: Path
    store: RoundDatabase
    stack: Stack
    postmark: FakePostmark
    database: Database
    client: Client
    http: httpx.AsyncClient
    shop: TorturedShop


@asynccontextmanager
async def arena(
    data_dir: Path, store: RoundDatabase, shop: TorturedShop, environment: Mapping[str, str]
) -> AsyncIterator[Arena]:
    """Start everything on free ports. All files are written below `data_dir`."""
    await asyncio.to_thread(store.prepare)
    database = Database(open_engine(store.url))
    async with AsyncExitStack() as opened:
        opened.callback(database.dispose)
        postmark = await opened.enter_async_context(FakePostmark())
        api = await opened.enter_async_context(served_api(shop))
        plan = _plan(data_dir, store, postmark, shop, {**environment, **api})
        client = await Client.connect(plan.temporal_address, lazy=True)
        stack = await opened.enter_async_context(Stack(plan))
        http = await opened.enter_async_context(sender_client())
        yield Arena(data_dir, store, stack, postmark, database, client, http, shop)


async def torture(
    schedule: Schedule,
    place: Arena,
    reporter: ProgressReporter,
    pauses: tuple[float, ...] = PAUSES,
    patience: QuietPatience = PATIENCE,
) -> Result:
    """Play a round. Raises ChildDiedError when a process ends that we did not kill."""
    sender = RequestSender(place.http, place.stack.plan.url, place.shop, pauses)
    with reporter.round(schedule):
        return await _unless_one_dies(
            place.stack, _play(schedule, place, reporter, sender, patience)
        )


async def _play(
    schedule: Schedule,
    place: Arena,
    reporter: ProgressReporter,
    sender: RequestSender,
    patience: QuietPatience,
) -> Result:
    began = monotonic()
    apps = Apps(place.http, place.stack.plan.url, place.database, schedule.apps)
    asking = asyncio.create_task(apps.ask_all())
    operator = Operator(place.database, place.shop.source, place.postmark.refused, reporter.say)
    reporting = _reporting(schedule, place)
    showing = asyncio.create_task(_show(schedule, place, sender, reporter))
    by_hand = asyncio.gather(
        operator.correct_all(schedule.corrections),
        Seller(place.database, place.shop.source).act_all(schedule.acts),
    )
    faults = Faults(
        place.stack,
        place.postmark,
        place.store,
        place.database,
        place.client,
        place.shop,
        reporter.say,
    )
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(sender.send_all(schedule.requests))
            group.create_task(faults.do_all(schedule.disturbances))
        reporter.say("nothing is sent or killed any more")
        await place.stack.until("the API", place.stack.api_is_ready)
        await sender.press_resend(schedule.requests)
        with suppress(TimeoutError):
            await asyncio.wait_for(by_hand, OPERATOR_SECONDS)
        is_quiet = await _quiet(schedule, place, reporting, patience)
        while await faults.finish_replays():
            is_quiet = await _quiet(schedule, place, reporting, patience)
        quiet = monotonic()
        await apps.finish(asking)
    finally:
        asking.cancel()
        showing.cancel()
        by_hand.cancel()
        faults.cancel_completions()
        place.postmark.tell = tell_nobody
        reporting.stop()
    accepted, recorded = place.postmark.take_accepted(), tuple(operator.recorded)
    seen = OutsideEvidence(
        tuple(sender.attempts),
        accepted,
        is_quiet,
        recorded,
        tuple(apps.calls),
        reporting.fates,
        reporting.answered,
    )
    mark_of = place.shop.sample.mark_of
    evidence = await gather(place.database, place.data_dir, schedule.prefix, seen, mark_of)
    if is_quiet and schedule.requests:
        rest = await look_at_rest(place.database, place.client)
        evidence = replace(evidence, at_rest=rest)
    after = quiet - faults.last if is_quiet else None
    return Result(schedule, evidence, _breaches(schedule, evidence), after, quiet - began)


def _breaches(schedule: Schedule, found: Evidence) -> list[Breach]:
    return breaches(schedule.orders, found, schedule.corrections, schedule.stories, schedule.acts)


def _reporting(schedule: Schedule, place: Arena) -> Reporting:
    # Drawn apart from the rest, so that a seed keeps its faults.
    chance = Random(f"{schedule.seed}/reports")  # noqa: S311 - to be repeated, and no secret
    reporting = Reporting(place.http, place.stack.plan.url, chance)
    if schedule.reports_mails:
        place.postmark.tell = reporting.tell
    return reporting


async def _quiet(
    schedule: Schedule, place: Arena, reporting: Reporting, patience: QuietPatience
) -> bool:
    return await wait_until_quiet(
        lambda: _remaining_work(place, reporting), len(schedule.orders), patience
    )


async def _remaining_work(place: Arena, reporting: Reporting) -> RemainingWork:
    return RemainingWork(
        open_rows=await place.database.read(open_rows),
        spooled=spooled(place.data_dir),
        is_mailing=not (place.postmark.is_idle and reporting.is_idle),
        mailed=len({mail.delivery for mail in place.postmark.accepted}),
    )


async def _show(
    schedule: Schedule, place: Arena, sender: RequestSender, reporter: ProgressReporter
) -> None:
    while True:
        with suppress(DatabaseAwayError):
            done = await place.database.read(settled_orders, schedule.prefix)
            answered = sum(attempt.status == OK for attempt in sender.attempts)
            reporter.show(answered, done)
        await asyncio.sleep(LOOK_SECONDS)


async def _unless_one_dies(stack: Stack, work: Coroutine[Any, Any, Found]) -> Found:
    working, watching = asyncio.create_task(work), asyncio.create_task(stack.watch())
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            watching.result()
        return await working
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


def _plan(
    data_dir: Path,
    store: RoundDatabase,
    postmark: FakePostmark,
    shop: TorturedShop,
    environment: Mapping[str, str],
) -> StackPlan:
    own = {
        shop.package.secret_variable: shop.secret,
        "DATABASE_URL": store.url.render_as_string(hide_password=False),
        "POSTMARK_API_URL": postmark.url,
        "POSTMARK_TOKEN": postmark.token,
        "POSTMARK_WEBHOOK_SECRET": SECRET,
        "EMAIL_FROM": "Torture <torture@example.com>",
        "EMAIL_LOOKUP_SECONDS": str(LOOKUP_SECONDS),
    }
    worker = "torture.worker"
    plan = plan_isolated_stack(data_dir, shop.products, {**environment, **own}, worker=worker)
    # A stack makes a secret of its own for the usual shop.
    return replace(plan, environment={**plan.environment, **own})
