"""Stops a process on the signals that people send."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """End the block on Ctrl-C, SIGTERM or a closed terminal, and run its cleanup.

    Only the first signal counts: an impatient second signal must not leave processes behind.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for number in STOP_SIGNALS:
        # `nohup` ignores SIGHUP, so that `nohup mintpost dev` outlives its terminal.
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        yield
