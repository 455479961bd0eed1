"""The stack of `mintpost dev` in this process, with processes that only sleep."""

import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from commands import dev_stack
from tests.support.commanding import Run
from tests.support.sleeping import SleepingStacks, sends

Started = Callable[[SleepingStacks], str | int | None]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (folder := tmp_path / "my data").mkdir(mode=0o700)
    return folder


@pytest.fixture
def started(clean: pytest.MonkeyPatch, data_dir: Path) -> Started:
    """Run the program to its end. Return how it exits."""

    def run(stacks: SleepingStacks) -> str | int | None:
        clean.setattr(dev_stack, "Stack", stacks)
        clean.setattr(sys, "argv", ["dev_stack", str(data_dir), "8000", "7233", "8233", "http://"])
        try:
            dev_stack.main()
        except SystemExit as ended:
            return ended.code
        return 0

    return run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_stack_and_is_no_failure(
    started: Started, number: signal.Signals
) -> None:
    stacks = SleepingStacks(sends(number))
    assert started(stacks) == 0
    assert (stacks.watched, len(stacks.pids), stacks.left()) == (True, 3, [])


def test_a_part_that_dies_ends_the_rest_with_a_sentence(
    started: Started, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks = SleepingStacks(lambda pids: os.kill(pids[0], signal.SIGKILL))
    code = started(stacks)
    said = capsys.readouterr()
    assert code not in {0, None}
    assert f"{said.err}{code}".startswith("temporal ended with exit code -9")
    assert "Traceback" not in said.out + said.err
    assert stacks.left() == []


def test_it_tells_how_commands_of_another_terminal_find_it(
    started: Started, capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    assert started(SleepingStacks(sends(signal.SIGINT))) == 0
    (said,) = re.findall("  commands +export (.+); mintpost events", capsys.readouterr().out)
    environment = dict(word.split("=", 1) for word in shlex.split(said))
    assert environment == {"DATA_DIR": str(data_dir), "TEMPORAL_ADDRESS": "127.0.0.1:7233"}


def test_a_command_finds_the_database_in_the_data_dir_that_it_is_told(
    clean: pytest.MonkeyPatch, data_dir: Path, sqlite: URL, mint: Run
) -> None:
    shutil.copyfile(str(sqlite.database), data_dir / "mintpost.db")
    clean.setenv("DATA_DIR", str(data_dir))
    told = mint("events")
    assert (told.code, told.out) == (0, "no events\n")
