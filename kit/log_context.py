"""The event, order and run that this task works for, so that every log line can name them.

The names stand in a context variable: a line that a library or a helper logs has them too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from typing import TypedDict

from typing_extensions import Unpack


@dataclass(frozen=True, slots=True)
class Subject:
    """The names on a log line. Each is an id, and none holds an address or a secret.

    `order` is the name that `mintpost show` takes. `trace` is the trace's id in OpenTelemetry.
    """

    event: int | None = None
    order: str | None = None
    workflow: str | None = None
    step: str | None = None
    request: str | None = None
    trace: str | None = None

    @property
    def source(self) -> str:
        """Return the storefront of the run or the order; empty if neither is known."""
        return (self.workflow or self.order or "").partition(":")[0]

    def given(self) -> dict[str, str | int]:
        """Return the names that are known, in the sequence of the fields."""
        return {name: value for name in NAMES if (value := getattr(self, name)) is not None}


class Names(TypedDict, total=False):
    event: int | None
    order: str | None
    workflow: str | None
    step: str | None
    request: str | None
    trace: str | None


NAMES = tuple(field.name for field in fields(Subject))

_subject: ContextVar[Subject | None] = ContextVar("subject", default=None)
NOTHING = Subject()


def subject() -> Subject:
    return _subject.get() or NOTHING


def note(**names: Unpack[Names]) -> None:
    """Add names until this task ends. A request has a task of its own in uvicorn."""
    _subject.set(replace(subject(), **names))


@contextmanager
def about(**names: Unpack[Names]) -> Iterator[None]:
    """Add names within the block, and in the tasks that it creates."""
    token = _subject.set(replace(subject(), **names))
    try:
        yield
    finally:
        _subject.reset(token)
