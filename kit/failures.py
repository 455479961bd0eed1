"""The failures that a worker gives to Temporal, without the traces of our own errors."""

from dataclasses import replace

from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError
from typing_extensions import override


class SentenceConverter(DefaultFailureConverter):
    """Leaves out the stack trace of an ApplicationError, because its message says everything.

    The Web UI would show the trace below each sentence: it leads through the interceptor and the
    SDK. The failure of a workflow task keeps its trace, because there our own code is wrong.
    """

    @override
    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, ApplicationError):
            failure.stack_trace = ""


def without_traces(client: Client) -> Client:
    """Return a client on the same connection that writes no traces of our errors."""
    config = client.config()
    converter = replace(client.data_converter, failure_converter_class=SentenceConverter)
    config["data_converter"] = converter
    return Client(**config)
