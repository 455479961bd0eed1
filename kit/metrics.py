"""Metrics that cost nothing until they are turned on: `turn_on` imports prometheus_client.

A label has few values, all known before: never an id, an address or a text from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import prometheus_client
    from prometheus_client import CollectorRegistry


@dataclass(slots=True)
class Counter:
    """Counts since the start of the process. `known` are label values shown as 0 before that."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    known: Sequence[str] = ()
    real: "prometheus_client.Counter | None" = None

    def begin(self, *values: str) -> None:
        """Show 0, because Prometheus sees no increase from nothing to 1."""
        self.count(*values, by=0)

    def count(self, *values: str, by: int = 1) -> None:
        if self.real is not None:
            (self.real.labels(*values) if values else self.real).inc(by)

    def turn_on(self, registry: "CollectorRegistry") -> None:
        from prometheus_client import Counter as Real  # noqa: PLC0415 - as in the module's docstring

        self.real = Real(self.name, self.help, self.labels, registry=registry)
        for value in self.known:
            self.begin(value)


@dataclass(slots=True)
class Histogram:
    """Counts durations. `buckets` are their upper bounds in seconds."""

    name: str
    help: str
    buckets: tuple[float, ...]
    labels: tuple[str, ...] = ()
    real: "prometheus_client.Histogram | None" = None

    def observe(self, seconds: float, *values: str) -> None:
        if self.real is not None:
            (self.real.labels(*values) if values else self.real).observe(seconds)

    def turn_on(self, registry: "CollectorRegistry") -> None:
        from prometheus_client import Histogram as Real  # noqa: PLC0415 - as in the docstring

        self.real = Real(self.name, self.help, self.labels, buckets=self.buckets, registry=registry)


@dataclass(slots=True)
class Gauge:
    """Shows a value of now. Not a number: nobody knows it, because a part is away."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    real: "prometheus_client.Gauge | None" = None

    def show(self, value: float, *values: str) -> None:
        if self.real is not None:
            (self.real.labels(*values) if values else self.real).set(value)

    def turn_on(self, registry: "CollectorRegistry") -> None:
        from prometheus_client import Gauge as Real  # noqa: PLC0415 - as in the docstring

        self.real = Real(self.name, self.help, self.labels, registry=registry)


@dataclass(frozen=True, slots=True)
class Meters:
    """The metrics of one process."""

    all: tuple[Counter | Histogram | Gauge, ...]

    @property
    def are_on(self) -> bool:
        return any(each.real is not None for each in self.all)

    def turn_on(self, registry: "CollectorRegistry") -> None:
        for each in self.all:
            each.turn_on(registry)

    def turn_off(self) -> None:
        for each in self.all:
            each.real = None
