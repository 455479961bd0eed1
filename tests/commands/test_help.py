"""The help of each command ends with examples that a person can copy."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.core import TyperCommand
from typer.main import get_command

import cli
from commands.help import examples_of
from tests.support.commanding import Run


def each_command(group: Any, words: str = "mintpost") -> Iterator[tuple[str, TyperCommand]]:  # noqa: ANN401 - a command or a group
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from each_command(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


REDIRECTED = re.compile(" [<>] ")
COMMANDS = dict(each_command(get_command(cli.app)))


@pytest.mark.parametrize("words", COMMANDS)
def test_each_command_has_examples_that_it_takes(words: str) -> None:
    shown = examples_of(COMMANDS[words])
    assert shown, f"give {words} an example: `@examples` of commands/help.py"
    for line, _ in shown:
        args = shlex.split(REDIRECTED.split(line)[0])
        assert " ".join(args).startswith(words)
        # Wrong words end the process.
        COMMANDS[words].make_context(words, args[len(words.split()) :]).close()


@pytest.mark.parametrize("words", COMMANDS)
def test_examples_end_the_help_and_fit_a_terminal(words: str, mint: Run) -> None:
    help_ = mint(*words.split()[1:], "--help").out
    _, title, shown = help_.partition(" Examples:\n")
    assert title
    lines = shown.strip("\n").splitlines()
    assert [line.split("  #")[0].strip() for line in lines] == [
        line for line, _ in examples_of(COMMANDS[words])
    ]
    assert max(map(len, lines)) <= 80
