"""The spans of OpenTelemetry. Only a process that is asked for traces imports this module."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from temporalio.contrib.opentelemetry import TracingInterceptor
from typing_extensions import override

from kit.version import VERSION

NANOSECONDS = 10**9


@dataclass(frozen=True, slots=True)
class SpanIds:
    """The ids of a request's span, the same in every process and after every crash.

    The UUID itself has fixed bits where a sampler by ratio looks, so it is hashed.
    """

    trace: int
    span: int

    @classmethod
    def of(cls, request_id: UUID) -> "SpanIds":
        digest = sha256(b"mintpost:" + request_id.bytes).digest()
        return cls(int.from_bytes(digest[:16]), int.from_bytes(digest[16:24]))


_next: ContextVar[SpanIds | None] = ContextVar("next span", default=None)


class DerivedIds(RandomIdGenerator):
    """Gives a request's span its own ids, and every other span random ones."""

    @override
    def generate_trace_id(self) -> int:
        ids = _next.get()
        return super().generate_trace_id() if ids is None else ids.trace

    @override
    def generate_span_id(self) -> int:
        ids = _next.get()
        return super().generate_span_id() if ids is None else ids.span


@dataclass(frozen=True, slots=True)
class Spans:
    provider: TracerProvider

    @classmethod
    def sent(cls, variables: Mapping[str, str], process: str) -> "Spans":
        """Send spans to the endpoint of the environment, in batches, by a thread."""
        # The SDK reads the environment itself, and takes a blank variable for a value.
        for name in [name for name in os.environ if name.startswith("OTEL_")]:
            del os.environ[name]
        os.environ.update(variables)
        provider = TracerProvider(resource=_resource(process), id_generator=DerivedIds())
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    @property
    def tracer(self) -> trace.Tracer:
        return self.provider.get_tracer("mintpost", VERSION)

    def interceptor(self) -> TracingInterceptor:
        return TracingInterceptor(self.tracer)

    def shut_down(self) -> None:
        self.provider.shutdown()

    def trace_of(self, request_id: UUID) -> str:
        return trace.format_trace_id(SpanIds.of(request_id).trace)

    def current_trace(self) -> str | None:
        current = trace.get_current_span().get_span_context()
        return trace.format_trace_id(current.trace_id) if current.is_valid else None

    @contextmanager
    def of_request(self, request_id: UUID, source: str, arrived: datetime) -> Iterator[None]:
        """Trace a request. No header names its parent: a stranger's trace must not become ours."""
        token = _next.set(SpanIds.of(request_id))
        span = self.tracer.start_span(
            f"POST /webhooks/{source}",
            context=context.Context(),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": "POST", "http.route": f"/webhooks/{source}"},
            start_time=round(arrived.timestamp() * NANOSECONDS),
        )
        _next.reset(token)
        # An exception's own words may hold an address.
        with trace.use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            yield

    @contextmanager
    def after_request(self, request_id: UUID) -> Iterator[None]:
        ids = SpanIds.of(request_id)
        # The sampler decides by the trace's id, as it did for the request's span.
        sampled = self.provider.sampler.should_sample(None, ids.trace, "")
        kept = sampled.decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if kept else TraceFlags.DEFAULT)
        parent = SpanContext(ids.trace, ids.span, is_remote=True, trace_flags=flags)
        with trace.use_span(NonRecordingSpan(parent), record_exception=False):
            yield

    def note(self, names: Mapping[str, str | int | None]) -> None:
        told = {f"mintpost.{name}": value for name, value in names.items() if value is not None}
        trace.get_current_span().set_attributes(told)


def _resource(process: str) -> Resource:
    given = Resource.create({SERVICE_VERSION: VERSION})
    named = os.environ.get("OTEL_SERVICE_NAME") or SERVICE_NAME in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    return given if named else given.merge(Resource({SERVICE_NAME: f"mintpost-{process}"}))
