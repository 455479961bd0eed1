"""Requests and answers as bytes, as a stranger compares them."""

import asyncio
import re
from urllib.parse import urlsplit

PATIENCE_SECONDS = 10


def request(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a request with `Connection: close`."""
    lines = [f"{method} {target} HTTP/1.1", "Host: shop.example", "Connection: close", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def exchange(url: str, sent: bytes) -> bytes:
    """Return every byte of the answer except its date."""
    reader, writer = await connect(url)
    try:
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    finally:
        writer.close()
    return re.sub(rb"(?m)^date: [^\r]*\r\n", b"", answer)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])
