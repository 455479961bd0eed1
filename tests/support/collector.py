"""A collector of OpenTelemetry on the loopback, which keeps every span that it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from typing_extensions import override

from embedded.ports import HOST


@dataclass(frozen=True, slots=True)
class KeptSpan:
    service: str
    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def attributes(self) -> dict[str, str | int]:
        return {
            each.key: each.value.string_value or each.value.int_value
            for each in self.span.attributes
        }

    def words(self) -> list[str]:
        """Return every text of the span that a program wrote."""
        pairs = [*self.span.attributes, *(each for e in self.span.events for each in e.attributes)]
        return [self.name, self.span.status.message, *(each.value.string_value for each in pairs)]


@dataclass(slots=True)
class Collector:
    url: str
    raw: list[bytes] = field(default_factory=list)

    def spans(self) -> list[KeptSpan]:
        return [span for body in list(self.raw) for span in _read(body)]

    def named(self, name: str) -> list[KeptSpan]:
        return [each for each in self.spans() if each.name == name]


def _read(body: bytes) -> Iterator[KeptSpan]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        named = {each.key: each.value.string_value for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield KeptSpan(named["service.name"], span)


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.raw.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            """Write nothing: the tests read the collector itself."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    collector.url = f"http://{HOST}:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
