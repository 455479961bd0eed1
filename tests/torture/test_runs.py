"""Real stacks, in one file so that they run at the same time.

Runs `mintpost torture` as a person does, and proves that it can fail: when a guard is switched off,
its fault is reported as a breach.
"""

import re

import pytest

from tests.torture.cases import CASES
from tests.torture.conftest import VERDICT, Runs
from torture.plan import PROCESS_FAULTS, SHOP_FAULTS

PROMISES = "lost = 0  doubled = 0  stuck = 0  wrong states = 0  wrong answers = 0  wrong alerts = 0"


async def test_a_round_loses_and_doubles_nothing(runs: Runs) -> None:
    first, _, _ = runs.interrupted.said.partition(VERDICT)
    assert PROMISES in runs.interrupted.said, runs.interrupted.said
    assert re.search(r"questions of apps +[1-9]\d", first)
    assert [fault for fault in PROCESS_FAULTS if fault not in first] == []
    assert "seed 11: `--seed 11` does the same again" in first
    assert "s after the last fault" in first
    assert re.search(r"corrections +4 +0\.25 +4 *\n", first)


async def test_an_interrupted_run_names_its_logs_and_leaves_no_process(runs: Runs) -> None:
    printed = runs.interrupted
    assert printed.code == 1, printed.said
    (folder,) = printed.left
    assert (folder / "logs" / "worker.log").exists()
    assert f"data and logs: {folder}" in printed.said
    assert printed.said.endswith("stopped before the torture was over\n")


async def test_a_round_of_a_shop_whose_api_fails_keeps_every_promise_and_cleans_up(
    runs: Runs,
) -> None:
    printed = runs.other_shop
    assert PROMISES in printed.said, printed.said
    assert [fault for fault in SHOP_FAULTS if fault not in printed.said] == []
    assert printed.left == []


@pytest.mark.parametrize("name", CASES)
async def test_a_switched_off_guard_is_reported_as_a_breach(runs: Runs, name: str) -> None:
    case, found = CASES[name], runs.cases[name].breaches
    assert {breach.kind for breach in found} == case.kinds, found
    assert {breach.order_id for breach in found} <= {case.order.order_id}
