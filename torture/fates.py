"""Draws what becomes of a mail after the provider took it, and the provider's reports of that."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from domain.delivery import DeliveryStatus

BOUNCES = ("HardBounce", "Blocked", "SoftBounce", "Transient")
"""The types of a bounce here. The other reports have no type."""
LATEST = 5.0
"""Within so many seconds each report comes. Some reports come before the sender's answer."""


@dataclass(frozen=True, slots=True)
class Fate:
    """`reports` are what the provider reports, each with its time in seconds after the sending.

    `status` is the only right status of the e-mail once all reports came, in whatever order.
    """

    name: str
    reports: tuple[tuple[str, int], ...]
    status: DeliveryStatus


UNREPORTED = Fate("no report", (), DeliveryStatus.ACCEPTED)
DELIVERED = Fate("a delivery", (("Delivery", 1),), DeliveryStatus.DELIVERED)
FATES = (
    UNREPORTED,
    DELIVERED,
    Fate("hard bounce", (("HardBounce", 1),), DeliveryStatus.BOUNCED),
    Fate("turned away", (("Blocked", 1),), DeliveryStatus.BOUNCED),
    Fate("failed for now", (("SoftBounce", 1),), DeliveryStatus.ACCEPTED),
    Fate("late", (("Transient", 1), ("Delivery", 2)), DeliveryStatus.DELIVERED),
    Fate("delayed after delivery", (("Delivery", 1), ("Transient", 2)), DeliveryStatus.DELIVERED),
    Fate("bounced late", (("Delivery", 1), ("HardBounce", 2)), DeliveryStatus.BOUNCED),
    Fate("delivered after all", (("HardBounce", 1), ("Delivery", 2)), DeliveryStatus.DELIVERED),
    Fate("both at once", (("Delivery", 1), ("HardBounce", 1)), DeliveryStatus.BOUNCED),
    Fate("called spam", (("Delivery", 1), ("SpamComplaint", 2)), DeliveryStatus.COMPLAINED),
)
WEIGHTS = [len(FATES), len(FATES) / 2, *[1] * (len(FATES) - 2)]
"""Many mails stay without reports, so that the worker has to find them by itself."""


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """The report number `number` of a fate. It comes `after` seconds; 0: before the answer."""

    number: int
    after: float


def draw_fate(chance: Random) -> tuple[Fate, tuple[PlannedReport, ...]]:
    """Draw a fate, and the moments of its reports: in any order, some several times."""
    fate = chance.choices(FATES, weights=WEIGHTS)[0]
    return fate, tuple(sorted(_planned(fate, chance), key=lambda planned: planned.after))


def _planned(fate: Fate, chance: Random) -> Iterator[PlannedReport]:
    for number in range(len(fate.reports)):
        for _ in range(chance.choice([1, 1, 2, 3])):
            yield PlannedReport(number, chance.choice([0, chance.uniform(0, LATEST)]))
