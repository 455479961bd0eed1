"""An exception's own words reach neither a span nor a log line."""

import logging

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio import activity
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from typing_extensions import override

from activities.failures import FailureInterceptor, RetryPace
from activities.observing import StepObserver
from db.engine import Database
from workflows.steps import EventToParse

BUYER = "ada.buyer@example.com"


class Broken(ActivityInboundInterceptor):
    """Fails as a driver does: with a value in its words."""

    def __init__(self) -> None:
        """Stand at the end: no interceptor follows."""

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> None:
        try:
            dict[str, int]()[BUYER]
        except KeyError as error:
            raise ValueError(f"invalid value {BUYER}") from error


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_unexpected_error_leaves_its_words_behind(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    chain: ActivityInboundInterceptor = Broken()
    failures = FailureInterceptor(database, RetryPace())
    tracing = TracingInterceptor(provider.get_tracer("a test"))
    # As in the worker: the client's interceptors are outermost.
    for each in (failures, StepObserver(database), tracing):
        chain = each.intercept_activity(chain)

    async def step(event: EventToParse) -> object:
        given = ExecuteActivityInput(step, [event], None, {})
        return await chain.execute_activity(given)

    with caplog.at_level(logging.INFO), pytest.raises(ApplicationError, match="unexpected Value"):
        await ActivityEnvironment().run(activity.defn(step), EventToParse(1))
    (span,) = exporter.get_finished_spans()
    told = f"{span.to_json()} {caplog.text}"
    assert "unexpected ValueError" in told
    assert BUYER not in told
