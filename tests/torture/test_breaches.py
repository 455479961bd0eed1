"""Torture can fail: with a guard switched off, the fault that needs it is told as a breach."""

import re

import pytest

from tests.torture.cases import CASES
from tests.torture.conftest import ORDER, Runs


@pytest.mark.parametrize("name", CASES)
async def test_the_breach_is_told(runs: Runs, name: str) -> None:
    found = runs.cases[name].breaches
    assert {breach.kind for breach in found} == CASES[name].kinds, found
    assert {breach.order_id for breach in found} <= {ORDER.order_id}


def test_without_the_look_up_the_command_names_the_sale_and_fails(runs: Runs) -> None:
    printed = runs.without_look_up
    assert printed.code == 1
    assert re.search(r"doubled +torture-1-00\d\d  delivery \d+ was mailed \d times", printed.said)
    (folder,) = printed.left
    assert f"data and logs: {folder}" in printed.said
    assert (folder / "logs" / "worker.log").exists()
    assert printed.said.endswith("a promise is broken; `--seed 1` does the same again\n")
