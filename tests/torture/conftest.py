"""Runs all rounds of this folder at the same time, because they mostly wait."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import URL

from settings.environment import plain_environment
from tests.support.processes import MINTPOST, REPOSITORY, Running, all_gone, start
from tests.support.waiting import until
from tests.torture.cases import CASES, NO_SPOOL, Case
from tests.torture.shops import SHOP
from tests.torture.stores import CopiedStore
from torture.plan import Fault, PlannedRequest, Schedule
from torture.report import ProgressReporter, Result
from torture.run import Arena, arena, torture

SWITCHES = Path(__file__).parent / "switches"
VERDICT = "lost = "


@dataclass(frozen=True, slots=True)
class Printed:
    """The exit code, output and files of `mintpost torture`."""

    code: int
    said: str
    left: list[Path]


@dataclass(frozen=True, slots=True)
class Runs:
    interrupted: Printed
    other_shop: Printed
    cases: Mapping[str, Result]


@pytest.fixture(scope="session")
async def runs(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    async with asyncio.TaskGroup() as group:
        interrupted = group.create_task(_interrupted(tmp_path_factory.mktemp("interrupted")))
        other = group.create_task(_other_shop(tmp_path_factory.mktemp("other")))
        cases = group.create_task(_cases(tmp_path_factory.mktemp("cases"), sqlite))
    return Runs(interrupted.result(), other.result(), cases.result())


async def _interrupted(folder: Path) -> Printed:
    """Interrupt the command in its second round, by when its first round has its verdict."""
    options = ("--sales=16", "--seed=11", "--minutes=60")
    async with _torture(folder, *options) as started:
        await until(lambda: _kills_again(started), "a second round kills", 300)
        children = await started.children(1)
        code = await started.stop(signal.SIGINT)
        await all_gone(children)
        return Printed(code, started.output(), folders_in(folder))


async def _kills_again(started: Running) -> bool | None:
    assert started.process.returncode is None, f"it ended:\n{started.output()}"
    return "kill -9" in started.output().partition(VERDICT)[2] or None


async def _other_shop(folder: Path) -> Printed:
    async with _torture(folder, "--sales=8", "--seed=1", "--source=stripe") as started:
        code = await started.process.wait()
        return Printed(code, started.output(), folders_in(folder))


def _torture(folder: Path, *options: str) -> AbstractAsyncContextManager[Running]:
    """Run the command as a person does."""
    environment = {"TMPDIR": str(folder)}
    return start(*MINTPOST, "torture", *options, folder=folder, environment=environment)


def folders_in(folder: Path) -> list[Path]:
    """Return the folders that runs left behind."""
    return list(folder.glob("mintpost-torture-*"))


async def _cases(folder: Path, template: URL) -> Mapping[str, Result]:
    """Play a round for each case, on one stack, because only its worker differs."""
    store = CopiedStore(folder / "mintpost.db", Path(str(template.database)), lax=True)
    found: dict[str, Result] = {}
    async with arena(folder, store, SHOP, _switched(NO_SPOOL)) as place:
        for name, case in CASES.items():
            if case.switch != NO_SPOOL:
                await _switch_worker(place, case.switch)
            found[name] = await _play(case, place, store)
    return found


def _switched(switch: str) -> Mapping[str, str]:
    return {**plain_environment(), "PYTHONPATH": f"{SWITCHES / switch}:{REPOSITORY}"}


async def _switch_worker(place: Arena, switch: str) -> None:
    """Start the worker anew, with another guard switched off."""
    stack = place.stack
    await stack.kill("worker")
    stack.plan = replace(stack.plan, environment={**stack.plan.environment, **_switched(switch)})
    await stack.revive("worker")


async def _play(case: Case, place: Arena, store: CopiedStore) -> Result:
    is_away = case.disturbance is not None and case.disturbance.fault is Fault.DATABASE_AWAY
    place.http.event_hooks = {"request": [store.until_away] if is_away else []}
    return await torture(_schedule(case), place, ProgressReporter(Console(quiet=True)), case.pauses)


def _schedule(case: Case) -> Schedule:
    disturbances = () if case.disturbance is None else (case.disturbance,)
    return Schedule(
        0,
        case.order.order_id.removesuffix("sale"),
        (case.order,),
        (PlannedRequest(0.5, case.order),),
        disturbances,
        stories=case.stories,
        acts=case.acts,
    )
