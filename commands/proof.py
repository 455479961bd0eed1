"""Prints checks: one line each, and the finding of a check that failed."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from operations.checks import Check


def print_checks(checks: Iterable[Check], out: Console) -> bool:
    """Print a line for each check, and return if all hold."""
    holds = True
    for check in checks:
        holds = holds and check.holds
        mark = "[green]✓[/]" if check.holds else "[bold red]✗[/]"
        mark = mark if check.shown else "[bold yellow]![/]"
        found = "" if check.holds and check.shown else f": {check.found}"
        out.print(f"  {mark} ", Text(f"{check.sentence}{found}"), soft_wrap=True)
    return holds
