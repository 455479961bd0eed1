"""uvicorn's h11 protocol with a timeout for each stage of a connection."""

import asyncio
from asyncio import AbstractEventLoop, TimerHandle
from typing import Any, Literal, cast

import h11
from typing_extensions import override
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from api.admission import Admission
from api.authentication import SENDER
from api.gate import UNKNOWN
from api.parsing import Parser

LONGEST_HEAD = 64 * 1024
"""In bytes, as uvicorn's own default."""

SERVER_HEADERS = "mintpost.server_headers"
"""The scope's entry with the headers that uvicorn adds: an answer may have to sign its date."""

Stage = Literal["head", "body", "answer"]


class Connection(H11Protocol):
    """Aborts on a timeout; uvicorn itself waits for a head or a body for ever."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
        *,
        admission: Admission,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = self.parser = Parser(config.h11_max_incomplete_event_size or LONGEST_HEAD)
        self.admission = admission
        self.stage: Stage = "head"
        self.timer: TimerHandle | None = None
        self.is_ending = False

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        if self.admission.admit(self, self.client[0] if self.client else None):
            self._wait_for("head")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.admission.leave(self)
        self._stop_timer()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # uvicorn leaves it running after an error.

    @override
    def data_received(self, data: bytes) -> None:
        if self.parser.is_head_too_long:
            return
        super().data_received(data)
        # Only a finished stage restarts the timer, so that dripping bytes gain no time.
        if (stage := self._current_stage()) != self.stage:
            self._wait_for(stage)

    @override
    def handle_events(self) -> None:
        super().handle_events()
        # The task of a new cycle starts after this.
        if (cycle := self._newest_cycle()) is not None:
            cast("dict[str, object]", cycle.scope).setdefault(SERVER_HEADERS, cycle.default_headers)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if SENDER in self.cycle.scope:
            self.admission.touch(self)
        self._wait_for(self._current_stage())

    @override
    def send_400_response(self, msg: str) -> None:
        # The app may still run for this request; its answer must not follow the 400.
        cycle = self._newest_cycle()
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        try:
            if self.parser.is_head_too_long:
                self._send_unknown()
            else:
                super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.close()  # The answer was sent before the invalid bytes came.

    def _send_unknown(self) -> None:
        """Answer a head that was not read, with the answer for an unknown path."""
        headers = [*self.server_state.default_headers, *UNKNOWN.raw_headers]
        closing = [*headers, (b"Connection", b"close")]
        answer = h11.Response(status_code=404, headers=closing, reason=b"Not Found")
        self.transport.write(self.conn.send(answer))
        if not self.parser.wants_no_body():
            self.transport.write(UNKNOWN.body)
        self._end_without_a_reset()

    def _end_without_a_reset(self) -> None:
        """Discard further bytes of the peer, because a TCP reset could destroy our answer."""
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    @override
    def shutdown(self) -> None:
        self.is_ending = True
        self._abort_after(self.admission.bounds.ending.total_seconds())
        if self.parser.is_head_too_long:
            self.transport.close()
        elif not self.transport.is_closing():
            super().shutdown()

    def is_idle(self) -> bool:
        cycle = self._newest_cycle()
        # A stranger may leave the answer unread, and have the next request ready.
        return cycle is None or cycle.response_complete or SENDER not in cycle.scope

    def is_sending(self) -> bool:
        return self._current_stage() == "body"

    def end(self) -> None:
        # `close` would wait until the peer has read the answer.
        self.transport.abort()

    def _newest_cycle(self) -> RequestResponseCycle | None:
        return self.cycle  # None until the first request, though uvicorn declares it otherwise.

    def _current_stage(self) -> Stage:
        if self.conn.their_state is h11.IDLE:
            return "head"
        return "body" if self.conn.their_state is h11.SEND_BODY else "answer"

    def _wait_for(self, stage: Stage) -> None:
        self.stage = stage
        if not self.is_ending:
            bounds = self.admission.bounds
            times = {"head": bounds.head, "body": bounds.body, "answer": bounds.answer}
            self._abort_after(times[stage].total_seconds())

    def _abort_after(self, seconds: float) -> None:
        self._stop_timer()
        self.timer = self.loop.call_later(seconds, self.end)

    def _stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
