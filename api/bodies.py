"""Reads a request's body: cut at the limit, or whole or not at all where its sender is unproven."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

LONGEST_BODY = 1024 * 1024
"""What is kept of a body, in bytes; a real one has a few thousand."""

MOST_UNPROVEN = 32 * LONGEST_BODY
"""The memory, in bytes, that all bodies may take together whose senders are not proven yet."""

TOO_LONG = (
    f"its body is longer than {LONGEST_BODY:,} bytes, where the API cuts it, and the signature of "
    "a body that was cut cannot be verified"
)
NO_ROOM = "too many bodies came at once whose signatures were not verified yet"


class UnprovenError(Exception):
    """A body whose signature cannot be verified, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def read_cut(request: Request) -> tuple[bytes, int]:
    """Return what is kept of a known sender's body, and the size of all of it."""
    kept = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        kept += chunk[: LONGEST_BODY - len(kept)]
    return bytes(kept), size


class UnprovenBodies:
    """Bounds the memory that strangers can fill: they may sign as many bodies as they like."""

    def __init__(self, most: int = MOST_UNPROVEN) -> None:
        self.most = most
        self.held = 0

    @asynccontextmanager
    async def read(self, receive: Receive) -> AsyncIterator[bytes]:
        """Yield the whole body, which counts until it is verified. Raises UnprovenError.

        Raises ClientDisconnect where it breaks off, as Starlette does.
        """
        body = bytearray()
        try:
            async for chunk in _chunks(receive):
                self.held += len(chunk)
                body += chunk
                if len(body) > LONGEST_BODY:
                    raise UnprovenError(TOO_LONG)
                if self.held > self.most:
                    raise UnprovenError(NO_ROOM)
            yield bytes(body)
        finally:
            self.held -= len(body)


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once more, and then goes on where it was."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again
