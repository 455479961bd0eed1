"""Traces may be turned on and off while sales wait: every recorded history replays with them."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from kit.spans import Spans
from tests.support.histories import recorded_histories
from tests.test_replay import histories
from workflows.apply_event import ApplyEvent
from workflows.fulfill_sale import FulfillSale
from workflows.resend_license import ResendLicense


async def test_every_history_replays_with_traces_and_makes_no_span_again() -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    replayer = Replayer(
        workflows=[ApplyEvent, FulfillSale, ResendLicense],
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[Spans(provider).interceptor()],
    )
    async with replayer.workflow_replay_iterator(histories()) as results:
        failures = [each.replay_failure async for each in results]
    assert failures == [None] * len(recorded_histories())
    assert exporter.get_finished_spans() == ()
