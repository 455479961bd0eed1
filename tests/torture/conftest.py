"""Runs all rounds of this folder at the same time, because they mostly wait."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import URL

from settings.environment import plain_environment
from tests.support.processes import MINTPOST, REPOSITORY, start
from tests.torture.cases import CASES, ORDER, Case
from tests.torture.shops import SHOP
from tests.torture.stores import CopiedStore
from torture.plan import Fault, PlannedRequest, Schedule
from torture.report import ProgressReporter, Result
from torture.run import arena, torture

SWITCHES = Path(__file__).parent / "switches"


@dataclass(frozen=True, slots=True)
class Printed:
    """The exit code, output and files of `mintpost torture`."""

    code: int
    said: str
    left: list[Path]


@dataclass(frozen=True, slots=True)
class Runs:
    short: Printed
    other_shop: Printed
    without_look_up: Printed
    cases: Mapping[str, Result]


@pytest.fixture(scope="session")
async def runs(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    template = Path(str(sqlite.database))
    async with asyncio.TaskGroup() as group:
        short = group.create_task(_command(16, REPOSITORY, tmp_path_factory.mktemp("short")))
        other = group.create_task(
            _command(8, REPOSITORY, tmp_path_factory.mktemp("other"), "--source=stripe")
        )
        without = group.create_task(
            _command(6, SWITCHES / "no_look_up", tmp_path_factory.mktemp("without"))
        )
        cases = {
            name: group.create_task(_run(case, tmp_path_factory.mktemp("case"), template))
            for name, case in CASES.items()
        }
    results = {name: task.result() for name, task in cases.items()}
    return Runs(short.result(), other.result(), without.result(), results)


async def _command(sales: int, path: Path, folder: Path, *options: str) -> Printed:
    """Run the command as a person does, with a folder of modules before ours on the path."""
    command = (*MINTPOST, "torture", f"--sales={sales}", "--seed=1", *options)
    environment = {"TMPDIR": str(folder), "PYTHONPATH": f"{path}:{REPOSITORY}"}
    async with start(*command, folder=folder, environment=environment) as started:
        code = await started.process.wait()
        return Printed(code, started.output(), folders_in(folder))


def folders_in(folder: Path) -> list[Path]:
    """Return the folders that runs left behind."""
    return list(folder.glob("mintpost-torture-*"))


async def _run(case: Case, folder: Path, template: Path) -> Result:
    path = f"{SWITCHES / case.switch}:{REPOSITORY}"
    environment = {**plain_environment(), "PYTHONPATH": path}
    store = CopiedStore(folder / "mintpost.db", template, case.lax)
    async with arena(folder, store, SHOP, environment) as place:
        if case.disturbance and case.disturbance.fault is Fault.DATABASE_AWAY:
            place.http.event_hooks = {"request": [store.until_away]}
        round_ = _schedule(case)
        return await torture(round_, place, ProgressReporter(Console(quiet=True)), case.pauses)


def _schedule(case: Case) -> Schedule:
    disturbances = () if case.disturbance is None else (case.disturbance,)
    return Schedule(
        0,
        "torture-0-",
        (ORDER,),
        (PlannedRequest(0.5, ORDER),),
        disturbances,
        stories=case.stories,
        acts=case.acts,
    )
