"""Runs the same work in many threads that start at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

R = TypeVar("R")


def at_once(count: int, work: Callable[[int], R]) -> list[R]:
    """Return the results of `work` for 0, 1, …, count - 1; raise the error of a failed call."""
    barrier = Barrier(count)

    def run(number: int) -> R:
        barrier.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
