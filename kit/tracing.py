"""Traces of OpenTelemetry, which cost nothing until `set_up_tracing` turns them on.

The trace of an event goes on after a crash, because its ids are computed from the request's UUID:
docs/adr/0054.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from temporalio.client import Interceptor

    from kit.spans import Spans


@dataclass(slots=True)
class _State:
    spans: "Spans | None" = None


_STATE = _State()

Process = Literal["api", "worker"]


def set_up_tracing(variables: Mapping[str, str], process: Process) -> None:
    """Send spans from now on, as the `OTEL_…` variables say. Only here OpenTelemetry is loaded."""
    from kit.spans import Spans  # noqa: PLC0415 - as in the docstring

    _STATE.spans = Spans.sent(variables, process)


def trace_with(spans: "Spans | None") -> None:
    """Use these spans; None turns tracing off."""
    _STATE.spans = spans


def trace_interceptors() -> "Sequence[Interceptor]":
    """Return the interceptors for a client of Temporal, which its workers use too."""
    return () if _STATE.spans is None else (_STATE.spans.interceptor(),)


def end_tracing() -> None:
    """Send the last spans, because neither process ends in a way that would do so."""
    if _STATE.spans is not None:
        _STATE.spans.shut_down()


def trace_of(request_id: UUID) -> str | None:
    """Return the id of the request's trace, for the log; None while tracing is off."""
    return None if _STATE.spans is None else _STATE.spans.trace_of(request_id)


def current_trace() -> str | None:
    return None if _STATE.spans is None else _STATE.spans.current_trace()


@contextmanager
def request_span(request_id: UUID, source: str, arrived: datetime) -> Iterator[None]:
    """Trace the storing of a webhook's request, from its arrival on."""
    if _STATE.spans is None:
        yield
        return
    with _STATE.spans.of_request(request_id, source, arrived):
        yield


@contextmanager
def after_request(request_id: UUID | None) -> Iterator[None]:
    """Let new spans follow the request's, although another process may have ended that one."""
    if _STATE.spans is None or request_id is None:
        yield
        return
    with _STATE.spans.after_request(request_id):
        yield


def note_on_span(**names: str | int | None) -> None:
    """Add attributes to the current span. They are ids, and never an address or a text."""
    if _STATE.spans is not None:
        _STATE.spans.note(names)
