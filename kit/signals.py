"""How a process that a person started is stopped."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """End the block on Ctrl-C, a polite kill or a closed terminal, its cleaning-up included.

    Only the first signal counts: an impatient second one must not leave processes behind.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for number in STOP_SIGNALS:
        # `nohup mintpost dev` is to outlive its terminal.
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        yield
