"""A request's trace goes on in any process, because its ids are computed from the request."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from kit.spans import DerivedIds, SpanIds, Spans
from kit.tracing import (
    after_request,
    current_trace,
    note_on_span,
    request_span,
    trace_interceptors,
    trace_of,
    trace_with,
)

ARRIVED = datetime(2026, 11, 28, 10, tzinfo=UTC)


def some_spans(ratio: float = 1) -> tuple[Spans, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    sampler = ParentBased(TraceIdRatioBased(ratio))
    provider = TracerProvider(sampler=sampler, id_generator=DerivedIds(), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Spans(provider), exporter


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    spans, exporter = some_spans()
    trace_with(spans)
    yield exporter
    trace_with(None)


def started_later(request_id: UUID, spans: Spans) -> None:
    with spans.after_request(request_id), spans.tracer.start_as_current_span("start"):
        pass


def ids_of(span: ReadableSpan) -> SpanIds:
    assert span.context is not None
    return SpanIds(span.context.trace_id, span.context.span_id)


def test_another_process_goes_on_with_the_trace(exporter: InMemorySpanExporter) -> None:
    request_id = uuid4()
    with request_span(request_id, "gumroad", ARRIVED):
        note_on_span(event=3, order="gumroad:a", kind=None)
    others, elsewhere = some_spans()
    started_later(request_id, others)
    (first,), (second,) = exporter.get_finished_spans(), elsewhere.get_finished_spans()
    assert second.parent is not None
    assert ids_of(first) == SpanIds(second.parent.trace_id, second.parent.span_id)
    assert trace_of(request_id) == f"{ids_of(second).trace:032x}"
    assert first.attributes is not None
    assert first.attributes["mintpost.event"] == 3
    assert "mintpost.kind" not in first.attributes
    assert first.start_time == int(ARRIVED.timestamp()) * 10**9


def test_a_ratio_samples_request_and_run_alike_and_about_as_many_as_it_says() -> None:
    spans, exporter = some_spans(ratio=0.3)
    requests = [UUID(int=(number << 64) | 1 << 63, version=4) for number in range(400)]
    for request_id in requests:
        with spans.of_request(request_id, "gumroad", ARRIVED):
            pass
        started_later(request_id, spans)
    sampled = exporter.get_finished_spans()
    traces = {ids_of(span).trace for span in sampled}
    assert len(sampled) == 2 * len(traces)
    assert 80 < len(traces) < 160


def test_the_words_of_an_exception_stay_out_of_a_span(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="buyer@"), request_span(uuid4(), "gumroad", ARRIVED):
        raise ValueError("buyer@example.com")
    (span,) = exporter.get_finished_spans()
    assert (span.events, span.status.description) == ((), None)


def test_without_tracing_nothing_is_traced() -> None:
    request_id = uuid4()
    with request_span(request_id, "gumroad", ARRIVED), after_request(request_id):
        note_on_span(event=3)
        assert (current_trace(), trace_of(request_id), trace_interceptors()) == (None, None, ())
