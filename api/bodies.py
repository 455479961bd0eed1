"""Reads a request's body: cut at the limit, or, before its signature is verified, whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

LONGEST_BODY = 1024 * 1024
"""The kept size of a body in bytes. A real body has a few thousand."""

ALWAYS_ROOM = 64 * 1024
"""The first bytes of a body, which always have room. The number of connections bounds them."""

MOST_UNPROVEN = 32 * LONGEST_BODY
"""The memory in bytes for the rest of all bodies whose signatures are not verified yet."""

TOO_LONG = (
    f"its body is longer than {LONGEST_BODY:,} bytes, where the API cuts it, and the signature of "
    "a body that was cut cannot be verified"
)
NO_ROOM = "too many long bodies came at once whose signatures were not verified yet"


class UnprovenError(Exception):
    """The signature of a body cannot be verified. `why` is the reason."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def read_cut(request: Request) -> tuple[bytes, int]:
    """Return the kept part of a known sender's body, and the size of the whole body."""
    kept = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        kept += chunk[: LONGEST_BODY - len(kept)]
    return bytes(kept), size


class UnprovenBodies:
    """Limits the memory that strangers can fill with signed bodies.

    Strangers who send long bodies slowly take no room from a shop's own, which is short.
    """

    def __init__(self) -> None:
        self.held = 0

    @asynccontextmanager
    async def read(self, receive: Receive) -> AsyncIterator[bytes]:
        """Yield the whole body. It counts until the block ends. Raises UnprovenError.

        Raises ClientDisconnect if the client leaves, as Starlette does.
        """
        body = bytearray()
        counted = 0
        try:
            async for chunk in _chunks(receive):
                body += chunk
                self.held -= counted
                counted = max(0, len(body) - ALWAYS_ROOM)
                self.held += counted
                if len(body) > LONGEST_BODY:
                    raise UnprovenError(TOO_LONG)
                if self.held > MOST_UNPROVEN:
                    raise UnprovenError(NO_ROOM)
            yield bytes(body)
        finally:
            self.held -= counted


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that returns the body again, and then continues with `receive`."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again
