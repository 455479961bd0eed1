"""Limits the work of one request in h11, because h11 parses on the event loop."""

import h11
from h11._receivebuffer import ReceiveBuffer
from typing_extensions import override

MOST_HEAD_LINES = 256
"""A genuine request has about twenty lines. Each line costs about 15 µs."""

MOST_SMALL_CHUNKS = 2000
"""Enough for a request sent byte by byte. Each chunk costs about 12 µs."""

USUAL_CHUNK = 64
"""In bytes. Longer chunks are not counted."""

TOO_LARGE = 431


class HeadLines(ReceiveBuffer):
    """Keeps the first line of a head with too many lines."""

    first = b""

    @override
    def maybe_extract_lines(self) -> list[bytearray] | None:
        lines = super().maybe_extract_lines()
        if lines is not None and len(lines) > MOST_HEAD_LINES:
            self.first = bytes(lines[0])
            raise h11.RemoteProtocolError("too many lines", error_status_hint=TOO_LARGE)
        return lines


class Parser(h11.Connection):
    def __init__(self, longest_head: int) -> None:
        super().__init__(h11.SERVER, longest_head)
        self._receive_buffer = self.lines = HeadLines()
        self.chunks_left = float(MOST_SMALL_CHUNKS)
        self.is_head_too_long = False

    @override
    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            self.is_head_too_long = error.error_status_hint == TOO_LARGE
            raise
        if isinstance(event, h11.Request):
            self.chunks_left = MOST_SMALL_CHUNKS
        if isinstance(event, h11.Data):
            self.chunks_left += len(event.data) / USUAL_CHUNK - event.chunk_start
            if self.chunks_left < 0:
                raise h11.RemoteProtocolError("too many small chunks")
        return event

    def wants_no_body(self) -> bool:
        """Return true for HEAD. Used when the head is too long, so that h11 knows no request."""
        return (self.lines.first or bytes(self.lines)).startswith(b"HEAD ")
