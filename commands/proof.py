"""Prints checks: one line each, and the finding of a check that failed."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from commands.layout import wrapped
from operations.checks import Check

INDENT = 5


def print_checks(checks: Iterable[Check], out: Console) -> bool:
    """Print a line for each check, and return if all hold."""
    holds = True
    for check in checks:
        holds = holds and check.holds
        mark = "[green]✓[/]" if check.holds else "[bold red]✗[/]"
        mark = mark if check.shown else "[bold yellow]![/]"
        found = "" if check.holds and check.shown else f": {check.found}"
        told = f"{check.sentence}{found}"
        # One row outside a terminal, so that grep finds the check with its finding.
        first, *rest = wrapped(told, out.width - INDENT) if out.is_terminal else [told]
        out.print(f"  {mark} ", Text(first), soft_wrap=True)
        for line in rest:
            out.print(" " * INDENT, Text(line), sep="", soft_wrap=True)
    return holds
