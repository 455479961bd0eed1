"""Says sentences and next commands for the width of a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from commands.layout import indented
from domain.visible import visible
from operations.next_steps import NextStep


def say(out: Console, sentence: Text, indent: int = 2) -> None:
    for line in indented(sentence, out.width, indent):
        out.print(line, soft_wrap=True)


def print_steps(steps: Sequence[NextStep], out: Console) -> None:
    """Print whole commands, each with its effect as a shell's comment."""
    if steps:
        out.print("\n[bold]next[/]")
    width = max((cell_len(visible(step.command)) for step in steps), default=0)
    beside = all(width + cell_len(step.effect) + 6 <= out.width for step in steps)
    for step in steps:
        command, effect = Text(visible(step.command)), Text(f"# {step.effect}", style="dim")
        if beside:
            command.append(" " * (width - command.cell_len + 2)).append_text(effect)
        for line in [command] if beside else [effect, command]:
            out.print(Text("  ").append_text(line), soft_wrap=True)
