"""The course of a subscription, as its states tell it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from domain.facts import SubscriptionState
from domain.story import Known


@dataclass(frozen=True, slots=True)
class Stop:
    """The known end of a subscription that does not renew. The shop told it at `told_at`."""

    at: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """A subscription's course at one moment.

    `ended` is the moment of the ending, which may lie ahead, and `paused` that of the pause.
    """

    renews: bool
    stop: Stop | None
    ended: datetime | None
    paused: datetime | None


def course_of(known: Known, now: datetime) -> Course:
    """Return the course: for each part, the newest state that tells it.

    An ending ahead counts at once, because it is a date like any other end.
    """
    states = [each.state for each in known.states]
    past = [each for each in states if each.at <= now]
    renews = _newest((each.at, each.renews) for each in past)
    ended = _since((each.at, each.ended) for each in states if each.at <= now or each.ended)
    goes_on = renews is None or renews[1]
    return Course(
        renews=goes_on and ended is None,
        stop=None if goes_on else _stop(past),
        ended=ended,
        paused=_since((each.at, each.paused) for each in past),
    )


def _stop(states: Iterable[SubscriptionState]) -> Stop | None:
    told = _newest((each.at, each.ends_at) for each in states)
    return Stop(at=told[1], told_at=told[0]) if told else None


T = TypeVar("T", bool, datetime)


def _newest(told: Iterable[tuple[datetime, T | None]]) -> tuple[datetime, T] | None:
    """Return the newest telling of a part. At one moment the greater value counts."""
    return max(((at, value) for at, value in told if value is not None), default=None)


def _since(told: Iterable[tuple[datetime, bool | None]]) -> datetime | None:
    """Return the moment since which the part is true; None: it is not.

    A shop repeats its states. So the first telling after the last denial is the moment.
    """
    tellings = [*told]
    denied = max((at for at, value in tellings if value is False), default=None)
    return min(
        (at for at, value in tellings if value and (denied is None or at >= denied)), default=None
    )
