"""Counts of bad keys and changed devices end with their time, and take little memory."""

import threading
from datetime import timedelta

from api.online.windows import MOST_NAMES, Rate, Windows


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_name_waits_until_its_own_window_ends() -> None:
    clock = Clock()
    windows = Windows(Rate(2, timedelta(minutes=1)), clock)
    windows.count("first")
    clock.now += 20
    windows.count("second")
    assert windows.seconds_to_wait("first") == 0
    windows.count("first")
    assert (windows.seconds_to_wait("first"), windows.seconds_to_wait("second")) == (40, 0)
    clock.now += 39.9
    assert windows.seconds_to_wait("first") == 1
    clock.now += 0.1
    assert windows.seconds_to_wait("first") == 0
    windows.count("first")
    assert windows.seconds_to_wait("first") == 0


def test_windows_that_ended_take_no_memory() -> None:
    clock = Clock()
    windows = Windows(Rate(1, timedelta(minutes=1)), clock)
    for name in range(100):
        windows.count(f"{name}")
    clock.now += 60
    windows.count("late")
    assert list(windows.opened) == ["late"]


def test_so_many_names_are_kept_and_no_thread_runs_for_them() -> None:
    threads = threading.active_count()
    windows = Windows(Rate(1, timedelta(minutes=1)), Clock())
    for name in range(MOST_NAMES + 1):
        windows.count(f"{name}")
    assert len(windows.opened) == MOST_NAMES
    assert (windows.seconds_to_wait("0"), windows.seconds_to_wait("1")) == (0, 60)
    assert threading.active_count() == threads
