"""A round is awaited, but not for ever."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count, cycle

import pytest

from torture.quiet import QuietPatience, RemainingWork, wait_until_quiet

DONE = RemainingWork(0, 0, is_mailing=False, mailed=3)
BUSY = RemainingWork(2, 0, is_mailing=True, mailed=1)
BRIEF = QuietPatience(look=0.001, no_progress=0.05, longest=30, per_sale=0)


def looks(*left: RemainingWork) -> Callable[[], Awaitable[RemainingWork]]:
    """Return these values in turn, again and again."""
    shown = cycle(left)

    async def look() -> RemainingWork:
        return next(shown)

    return look


async def test_a_round_without_remaining_work_is_quiet() -> None:
    assert await wait_until_quiet(looks(BUSY, BUSY, DONE), 1, replace(BRIEF, no_progress=30))


@pytest.mark.parametrize(
    "left", [replace(DONE, open_rows=1), replace(DONE, spooled=1), replace(DONE, is_mailing=True)]
)
async def test_remaining_work_without_progress_ends_the_wait(left: RemainingWork) -> None:
    assert not await wait_until_quiet(looks(left), 1, BRIEF)


async def test_repeated_mails_of_one_delivery_are_no_progress() -> None:
    assert not await wait_until_quiet(looks(BUSY, replace(BUSY, is_mailing=False)), 1, BRIEF)


async def test_endless_progress_is_awaited_until_the_total_timeout() -> None:
    numbers = count()

    async def look() -> RemainingWork:
        return replace(BUSY, mailed=next(numbers))

    bounded = QuietPatience(look=0.001, no_progress=30, longest=0.02, per_sale=0.01)
    assert not await wait_until_quiet(look, 3, bounded)
    assert next(numbers) > 1
