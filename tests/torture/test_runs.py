"""Real stacks, in one file so that they run at the same time.

Runs `mintpost torture` as a person does, and proves that it can fail: when a guard is switched off,
its fault is reported as a breach.
"""

import asyncio
import re
import signal
from pathlib import Path

import pytest

from tests.support.processes import MINTPOST, all_gone, start
from tests.torture.cases import CASES, ORDER
from tests.torture.conftest import Runs, folders_in
from torture.plan import PROCESS_FAULTS, SHOP_FAULTS


async def test_a_short_run_loses_and_doubles_nothing_and_cleans_up(runs: Runs) -> None:
    printed = runs.short
    assert printed.code == 0, printed.said
    counts = "lost = 0  doubled = 0  stuck = 0  wrong states = 0  wrong answers = 0"
    assert counts in printed.said
    assert re.search(r"questions of apps +[1-9]\d", printed.said)
    assert [fault for fault in PROCESS_FAULTS if fault not in printed.said] == []
    assert "seed 1: `--seed 1` does the same again" in printed.said
    assert "s after the last fault" in printed.said
    assert re.search(r"corrections +4 +0\.25 +4 *\n", printed.said)
    assert printed.left == []


async def test_a_round_of_a_shop_whose_api_fails_keeps_every_promise(runs: Runs) -> None:
    printed = runs.other_shop
    assert printed.code == 0, printed.said
    assert "wrong states = 0  wrong answers = 0" in printed.said
    assert [fault for fault in SHOP_FAULTS if fault not in printed.said] == []
    assert printed.left == []


@pytest.mark.parametrize("name", CASES)
async def test_a_switched_off_guard_is_reported_as_a_breach(runs: Runs, name: str) -> None:
    found = runs.cases[name].breaches
    assert {breach.kind for breach in found} == CASES[name].kinds, found
    assert {breach.order_id for breach in found} <= {ORDER.order_id}


def test_the_command_without_the_look_up_names_the_sale_and_fails(runs: Runs) -> None:
    printed = runs.without_look_up
    assert printed.code == 1
    assert re.search(r"doubled +torture-1-00\d\d  delivery \d+ was mailed \d times", printed.said)
    (folder,) = printed.left
    assert f"data and logs: {folder}" in printed.said
    assert (folder / "logs" / "worker.log").exists()
    assert printed.said.endswith("a promise is broken; `--seed 1` does the same again\n")


async def test_an_interrupted_run_names_its_logs_and_leaves_no_process(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    command = (*MINTPOST, "torture", "--sales", "50", "--seed", "1")
    async with start(*command, folder=tmp_path, environment=environment) as torture:
        await torture.says("kill -9")
        children = await torture.children(1)
        assert await asyncio.wait_for(torture.stop(signal.SIGINT), 60) == 1
        await all_gone(children)
    (folder,) = folders_in(tmp_path)
    assert (folder / "logs" / "worker.log").exists()
    assert f"data and logs: {folder}" in torture.output()
    assert torture.output().endswith("stopped before the torture was over\n")
