"""Plans the questions of apps: which devices ask for which licenses, and what they ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from torture.orders import MEMBERSHIPS, Order

WITH_APPS = (0, 5)
"""The sales of every eight whose licenses apps ask for: memberships, and sales with a story."""
DEVICES = 2
"""The limit of one seat."""
APPS = 4
"""More devices than one seat may have, so that they compete for the places."""


class Verb(StrEnum):
    """The questions of an app, by their path."""

    ACTIVATE = "activate"
    VALIDATE = "validate"
    DEACTIVATE = "deactivate"


COURSES = (
    (Verb.ACTIVATE, Verb.VALIDATE, Verb.ACTIVATE, Verb.VALIDATE),
    (Verb.ACTIVATE, Verb.VALIDATE, Verb.VALIDATE, Verb.VALIDATE),
    (Verb.ACTIVATE, Verb.DEACTIVATE, Verb.ACTIVATE, Verb.VALIDATE),
    (Verb.VALIDATE, Verb.ACTIVATE, Verb.VALIDATE, Verb.DEACTIVATE),
)


@dataclass(frozen=True, slots=True)
class PlannedApp:
    """The app of one device. It asks one after another, once its order has a license.

    The first question comes `at` seconds after the round began, or with the license if that is
    later, and `pause` seconds lie between the questions.
    """

    at: float
    order: Order
    device: str
    verbs: tuple[Verb, ...]
    pause: float


def planned_apps(orders: Sequence[Order], seconds: float, seed: int) -> Iterator[PlannedApp]:
    """Yield the apps. They draw apart from the rest, so that a seed keeps its other faults."""
    chance = Random(f"{seed}/apps")  # noqa: S311 - to be repeated, and no secret
    for number, order in enumerate(orders):
        if number % MEMBERSHIPS in WITH_APPS and order.charge == 0:
            for device in range(APPS):
                at, pause = chance.uniform(0, seconds), chance.uniform(0, 1)
                yield PlannedApp(at, order, f"device-{device}", chance.choice(COURSES), pause)
