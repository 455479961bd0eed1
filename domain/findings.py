"""A finding about one part, for `/readyz`, alerts, doctor and status alike."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SALE_LOST = "its sale is lost"
"""In a sentence of `/readyz`, which tells no levels, these words make it broken for doctor."""


class Level(StrEnum):
    """The weight of a finding."""

    OK = "ok"  #: Nothing is wrong.
    WARNING = "warning"  #: A person should look at it; sales go on.
    BROKEN = "broken"  #: Sales wait or are lost until a person acts.
    UNCHECKED = "unchecked"  #: It cannot be looked at from here, and the sentence says why.


@dataclass(frozen=True, slots=True)
class Finding:
    """One part as it was found.

    `cause` names the trouble alike each time, so that it is told once an hour: `worker`,
    `parked:SOURCE:…`. `sentence` begins with the shop or part. `remedy` is a whole command, or an
    edit, and None if nothing is to do. `since` is the time at which the trouble began, if known.
    Neither holds an address or a secret. `count` is the number of sales, mails or calls in it.
    `may_pass`: the trouble often ends by itself, so an alert waits until it has lasted.
    `happened`: it has happened and gets no worse, so an alert repeats it daily only.
    """

    cause: str
    level: Level
    sentence: str
    remedy: str | None = None
    since: datetime | None = None
    count: int = 1
    may_pass: bool = False
    happened: bool = False


def kind_of(cause: str) -> str:
    """Return the kind of a cause: `parked` of `parked:SOURCE:…`."""
    return cause.partition(":")[0]


def ok(part: str, told: str) -> Finding:
    return Finding(part, Level.OK, f"{part}: {told}")


def warning(part: str, told: str, remedy: str) -> Finding:
    return Finding(part, Level.WARNING, f"{part}: {told}", remedy)


def broken(part: str, told: str, remedy: str) -> Finding:
    return Finding(part, Level.BROKEN, f"{part}: {told}", remedy)


def unchecked(part: str, why: str, remedy: str | None = None) -> Finding:
    return Finding(part, Level.UNCHECKED, f"{part}: not checked: {why}", remedy)
