"""Runs all rounds of this folder at the same time, because they mostly wait."""

import asyncio
import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace

import pytest
from rich.console import Console
from sqlalchemy import URL

from kit.signals import STOP_SIGNALS
from settings.environment import plain_environment
from storefronts.stripe.package import STRIPE
from tests.support.processes import MINTPOST, REPOSITORY, Running, all_gone, start
from tests.support.waiting import until
from tests.torture.cases import CASES, NO_SPOOL, Case
from tests.torture.shops import SHOP
from tests.torture.stores import CopiedStore
from torture import command
from torture.plan import Fault, PlannedRequest, Schedule, make_schedule
from torture.report import ProgressReporter, Result
from torture.run import Arena, arena, torture
from torture.traits import ShopTraits

SWITCHES = Path(__file__).parent / "switches"
VERDICT = "lost = "
OF_THE_FIRST_SHOP = {Fault.API_KILLED, Fault.TEMPORAL_KILLED, Fault.WORKER_KILLED_MAILING}
"""Faults that need a start each, and meet the round of the first shop."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The output and files of `mintpost torture`, and the exit code of its process."""

    said: str
    left: list[Path]
    code: int | None = None


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
    """Run the command as a person does, and interrupt it in its second round."""
    options = ("--sales=16", "--seed=11", "--minutes=60")
    environment = {"TMPDIR": str(folder)}
    started_as = (*MINTPOST, "torture", *options)
    async with start(*started_as, folder=folder, environment=environment) as started:
        await until(lambda: _kills_again(started), "a second round kills", 300)
        children = await started.children(1)
        code = await started.stop(signal.SIGINT)
        await all_gone(children)
        return Printed(started.output(), folders_in(folder), code)


async def _kills_again(started: Running) -> bool | None:
    assert started.process.returncode is None, f"it ended:\n{started.output()}"
    return "kill -9" in started.output().partition(VERDICT)[2] or None


async def _other_shop(folder: Path) -> Printed:
    """Run the command's own code here, with fewer faults, because each start takes seconds."""
    console = Console(file=(said := StringIO()), width=200)
    chosen = command.TortureOptions(8, STRIPE, seed=1)
    with pytest.MonkeyPatch.context() as patched:
        made = SimpleNamespace(mkdtemp=partial(mkdtemp, dir=folder))
        patched.setattr(command, "tempfile", made)
        patched.setattr(command, "make_schedule", _with_few_starts)
        try:
            await command.run_torture(chosen, plain_environment(), console)
        except command.BrokenPromiseError as error:
            console.print(error)
        finally:
            for number in STOP_SIGNALS:
                asyncio.get_running_loop().remove_signal_handler(number)
    return Printed(said.getvalue(), folders_in(folder))


def _with_few_starts(seed: int, sales: int, began: datetime, shop: ShopTraits) -> Schedule:
    """Plan a round without those faults that the round of the first shop has as well."""
    schedule = make_schedule(seed, sales, began, shop)
    kept = [each for each in schedule.disturbances if each.fault not in OF_THE_FIRST_SHOP]
    return replace(schedule, disturbances=tuple(kept))


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
