"""Completion of sales in a shell: quick, and silent if anything fails."""

import re
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from itertools import islice
from threading import Thread

import typer

from commands.context import given
from domain.event import EventStatus

MOST = 50
"""A longer list helps nobody."""
PATIENCE_SECONDS = 3.0
"""The longest wait for a database that is away."""
PLAIN = re.compile(r"[a-z]+:[A-Za-z0-9._=+@/~-]+")
"""A shell inserts a completion as it is. So an order id with `;` or `$(` must not be one."""
BREAKS = re.compile(r"[:=]+")
"""Bash splits words at these characters, and replaces only the part behind the last."""
COMPLETE = "_MINTPOST_COMPLETE"

Complete = Callable[[typer.Context, str], list[str]]


def _sales_with(status: EventStatus | None) -> Complete:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        names: list[str] = []
        with suppress(Exception):  # A message would stand in the line that the person types.
            names = _in_time(_asked(ctx, status))
        fitting = (name for name in names if name.startswith(incomplete) and PLAIN.fullmatch(name))
        return list(islice(fitting, MOST))

    return complete


any_sale = _sales_with(None)
parked_sale = _sales_with(EventStatus.PARKED)
failed_sale = _sales_with(EventStatus.FAILED)


def _asked(ctx: typer.Context, status: EventStatus | None) -> Callable[[], list[str]]:
    """Import and read all that the question needs, so that the patience is for the database."""
    from db.views.order_names import newest_orders  # noqa: PLC0415 - help must start at once

    opened = given(ctx).open_database()

    def ask() -> list[str]:
        with opened as database:
            return database.read_here(newest_orders, status)

    return ask


def _in_time(work: Callable[[], list[str]]) -> list[str]:
    """Return the result of the work, or nothing if it fails or takes too long."""
    found: list[str] = []

    def run() -> None:
        with suppress(Exception):
            found.extend(work())

    # The process may end while the thread still waits for a database.
    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return [] if thread.is_alive() else found


@contextmanager
def words_of_bash(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Complete in bash although it splits `SOURCE:ORDER` into three words."""
    if environ.get(COMPLETE) != "complete_bash":
        yield
        return
    typed = _join(environ)
    written = StringIO()
    try:
        with redirect_stdout(written), redirect_stderr(StringIO()):
            yield
    finally:
        for line in written.getvalue().splitlines():
            sys.stdout.write(line.removeprefix(typed) + "\n")


def _join(environ: MutableMapping[str, str]) -> str:
    """Join the parts of each word. Return the beginning that bash keeps of the last one."""
    parts = environ.get("COMP_WORDS", "").split("\n")
    current = int(environ.get("COMP_CWORD", "0"))
    words: list[str] = []
    typed = ""
    for place, part in enumerate(parts[: current + 1]):
        joins = place > 0 and (BREAKS.fullmatch(part) or BREAKS.fullmatch(parts[place - 1]))
        if joins and len(words) > 1:
            typed = words[-1] + (part if BREAKS.fullmatch(part) else "")
            words[-1] += part
        else:
            words.append(part)
            typed = ""
    environ["COMP_WORDS"], environ["COMP_CWORD"] = "\n".join(words), str(len(words) - 1)
    return typed
