"""Measures the window in which a frozen worker and its successor could both send a mail.

The window begins when the connection is open, because the deadline of the send is not checked after
that. It ends when the last byte is in the kernel. `make bench` prints it in microseconds and as a
part of the whole send, over the loopback. See docs/adr/0007-e-mail.md.
"""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from statistics import median, quantiles
from time import perf_counter

import httpx
from typing_extensions import override

from fakes.postmark import FakePostmark
from mailers.base import Attachment, Email, Mark
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

SENDS = 500
CONNECTED = "connection.connect_tcp.complete"
WRITTEN = "http11.send_request_body.complete"
MAIL = Email(
    mark=Mark(1, "bench"),
    to="buyer@example.com",
    subject="Your license",
    text="Your key\n" * 40,
    html="<p>Your key</p>" * 200,
    attachments=(Attachment("license.jwt", b"x" * 400, "application/jwt"),),
)


class Traced(httpx.AsyncHTTPTransport):
    """Records the time of each event of the last request."""

    def __init__(self) -> None:
        # As in the service, no connection is reused.
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self.happened: dict[str, float] = {}

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["trace"] = self.note
        return await super().handle_async_request(request)

    async def note(self, event: str, _: object) -> None:
        self.happened[event] = perf_counter()


async def windows() -> list[tuple[float, float]]:
    """Return the window and the whole time of each send, in seconds."""
    transport, measured = Traced(), list[tuple[float, float]]()
    async with FakePostmark() as fake:
        account = PostmarkAccount(fake.token, "shop@example.org", api_url=fake.url)
        async with aclosing(PostmarkEmailService(account, transport)) as mailer:
            for number in range(SENDS):
                start = perf_counter()
                await mailer.send(replace(MAIL, mark=Mark(number, "bench")))
                window = transport.happened[WRITTEN] - transport.happened[CONNECTED]
                measured.append((window, perf_counter() - start))
    return measured


def lines(measured: list[tuple[float, float]]) -> Iterator[str]:
    window, parts = [each for each, _ in measured], [each / whole for each, whole in measured]
    yield f"sends                  {len(measured)}"
    yield f"window, median         {median(window) * 1e6:.0f} µs"
    yield f"window, 99th percent   {quantiles(window, n=100)[98] * 1e6:.0f} µs"
    yield f"part of the whole send {median(parts):.0%}"


if __name__ == "__main__":
    print("\n".join(lines(asyncio.run(windows()))))  # noqa: T201 - printing is what it is for
