"""`mintpost torture`, as a person runs it."""

import asyncio
import signal
from pathlib import Path

from commands.torture.plan import PROCESS_FAULTS
from tests.commands.processes import MINTPOST, all_gone, start
from tests.torture.conftest import Runs, folders_in


async def test_a_short_run_loses_and_doubles_nothing_and_cleans_up(runs: Runs) -> None:
    printed = runs.short
    assert printed.code == 0, printed.said
    assert "lost = 0  doubled = 0  stuck = 0" in printed.said
    assert [fault for fault in PROCESS_FAULTS if fault not in printed.said] == []
    assert "seed 1: `--seed 1` does the same again" in printed.said
    assert "s after the last fault" in printed.said
    assert printed.left == []


async def test_interrupted_it_says_where_its_logs_are_and_leaves_no_process(tmp_path: Path) -> None:
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
