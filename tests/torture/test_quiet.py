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


async def test_nothing_left_is_quiet() -> None:
    assert await wait_until_quiet(looks(BUSY, BUSY, DONE), 1, replace(BRIEF, no_progress=30))


@pytest.mark.parametrize(
    "left", [replace(DONE, open_rows=1), replace(DONE, spooled=1), replace(DONE, is_mailing=True)]
)
async def test_whatever_is_left_and_does_not_move_is_given_up(left: RemainingWork) -> None:
    assert not await wait_until_quiet(looks(left), 1, BRIEF)


async def test_the_same_mail_again_and_again_is_no_move() -> None:
    assert not await wait_until_quiet(looks(BUSY, replace(BUSY, is_mailing=False)), 1, BRIEF)


async def test_what_moves_for_ever_is_waited_for_until_the_end() -> None:
    numbers = count()

    async def look() -> RemainingWork:
        return replace(BUSY, mailed=next(numbers))

    bounded = QuietPatience(look=0.001, no_progress=30, longest=0.02, per_sale=0.01)
    assert not await wait_until_quiet(look, 3, bounded)
    assert next(numbers) > 1
