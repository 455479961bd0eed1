"""The work of a fold, counted, because a time would depend on the machine."""

import sys
from types import FrameType

from domain.lifecycle import Story, fold
from tests.domain.stories import LATER, charged, paused, refunded, resumed, story


def long_story(charges: int) -> Story:
    """Return a story with a refund, a pause and its end for each charge."""
    days = range(charges)
    return story(
        *(charged(str(each), each / 4) for each in days),
        *(refunded(str(each), each / 4) for each in days),
        *(paused(each) for each in days),
        *(resumed(each) for each in days),
    )


def calls(told: Story) -> int:
    counted = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        fold(told, LATER)
    finally:
        sys.setprofile(None)
    return counted


def test_work_grows_with_the_facts_and_not_with_their_square() -> None:
    assert calls(long_story(200)) < 2.5 * calls(long_story(100))
