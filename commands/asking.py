"""Asks a person before a change."""

import sys

import typer

from kit.refusals import RefusedError

UNANSWERED = "nothing was changed: nobody answered yes, and without a terminal only --yes counts"


def require_yes(question: str, *, yes: bool) -> None:
    """Raise RefusedError unless a person says yes, on the terminal or with --yes."""
    if yes:
        return
    try:
        agreed = sys.stdin.isatty() and typer.confirm(question, err=True)
    except (typer.Abort, OSError):
        agreed = False
    if not agreed:
        raise RefusedError(UNANSWERED)
