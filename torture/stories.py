"""The stories that torture draws for its sales, each with its known end.

The ends are written by hand, because a verdict that computes them would repeat a mistake.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from domain.event import EventKind
from domain.license import LicenseReason, LicenseStatus
from storefronts.sample_events import SampleEvent
from torture.traits import ShopTraits

CORE, PLUS, PRO = "core", "plus", "pro"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the shop, or an act of the seller.

    `day` and `until` count from the first payment, and `charge` counts the payments.
    """

    day: int
    what: SampleEvent | EventKind
    charge: int = 0
    tier: str | None = None
    seats: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The only right state at the end of a story.

    The license ends a month after the payment `charge`, or on the day `until`. Of a license that
    is not active, only status and reason are compared.
    """

    status: LicenseStatus = LicenseStatus.ACTIVE
    reason: LicenseReason | None = None
    tier: str = CORE
    seats: int = 1
    charge: int = -1
    until: int | None = None
    renews: bool = True
    is_over: bool = False

    @property
    def needs_license(self) -> bool:
        """Tell whether the buyer must have a license. Others have one if their sale was faster."""
        return self.status == LicenseStatus.ACTIVE and not self.is_over


@dataclass(frozen=True, slots=True)
class Story:
    """A story, and its end.

    `by_time`: the end depends on the shop's times between those of the seller. `by_period`: it
    depends on the period of one later payment.
    """

    name: str
    happenings: tuple[Happening, ...]
    end: End
    by_time: bool = False
    by_period: bool = False

    def fits(self, shop: ShopTraits) -> bool:
        """Tell whether the shop has all events of the story, and the times if it needs them."""
        events = {each.what for each in self.happenings if isinstance(each.what, SampleEvent)}
        return (
            events <= shop.names
            and (shop.tells_times or not self.by_time)
            and (shop.tells_periods or not self.by_period)
        )


ACTIVE = End()
REFUNDED = End(LicenseStatus.REVOKED, LicenseReason.REFUNDED)
DISPUTED = End(LicenseStatus.SUSPENDED, LicenseReason.DISPUTED)
PAUSED = End(LicenseStatus.SUSPENDED, LicenseReason.PAUSED)
BY_HAND = End(LicenseStatus.REVOKED, LicenseReason.BY_HAND)

ON_SALES = (
    Story("refunded", (Happening(1, SampleEvent.REFUND),), REFUNDED),
    Story("refunded in part", (Happening(1, SampleEvent.PARTIAL_REFUND),), ACTIVE),
    Story("disputed", (Happening(1, SampleEvent.DISPUTE),), DISPUTED),
    Story(
        "dispute won",
        (Happening(1, SampleEvent.DISPUTE), Happening(2, SampleEvent.DISPUTE_WON)),
        ACTIVE,
    ),
    Story(
        "dispute won, and refunded",
        (
            Happening(1, SampleEvent.DISPUTE),
            Happening(2, SampleEvent.DISPUTE_WON),
            Happening(3, SampleEvent.REFUND),
        ),
        REFUNDED,
    ),
    Story(
        "restored, and refunded later",
        (Happening(1, EventKind.RESTORE), Happening(2, SampleEvent.REFUND)),
        REFUNDED,
    ),
    Story(
        "revoked and restored",
        (Happening(1, EventKind.REVOKE), Happening(2, EventKind.RESTORE)),
        ACTIVE,
    ),
    Story(
        "restored and revoked",
        (Happening(1, EventKind.RESTORE), Happening(2, EventKind.REVOKE)),
        BY_HAND,
    ),
    Story(
        "extended",
        (
            Happening(1, EventKind.EXTEND, until=60),
            Happening(2, EventKind.EXTEND, until=90),
        ),
        End(until=90),
    ),
    Story(
        "more seats and another tier",
        (
            Happening(1, EventKind.SEATS, seats=3),
            Happening(2, EventKind.SEATS, seats=5),
            Happening(3, EventKind.TIER, tier=PLUS),
            Happening(4, EventKind.TIER, tier=PRO),
        ),
        End(seats=5, tier=PRO),
    ),
)

ON_MEMBERSHIPS = (
    Story("charged", (), ACTIVE),
    Story(
        "renewal refunded",
        (Happening(21, SampleEvent.REFUND, charge=2),),
        End(charge=1),
        by_period=True,
    ),
    Story(
        "all charges refunded",
        tuple(Happening(21, SampleEvent.REFUND, charge=each) for each in range(3)),
        REFUNDED,
    ),
    Story(
        "renewal disputed and won",
        (
            Happening(21, SampleEvent.DISPUTE, charge=2),
            Happening(22, SampleEvent.DISPUTE_WON, charge=2),
        ),
        ACTIVE,
    ),
    Story("canceled", (Happening(21, SampleEvent.CANCELLATION),), End(renews=False)),
    Story(
        "ended",
        (Happening(22, SampleEvent.PAYMENT_FAILED), Happening(22, SampleEvent.ENDED)),
        End(until=22, renews=False, is_over=True),
    ),
    Story(
        "ended and restarted",
        (
            Happening(21, SampleEvent.PAYMENT_FAILED),
            Happening(21, SampleEvent.ENDED),
            Happening(22, SampleEvent.RESTARTED),
        ),
        ACTIVE,
    ),
    Story(
        "two new plans",
        (
            Happening(21, SampleEvent.UPGRADE, tier=PLUS),
            Happening(22, SampleEvent.UPGRADE, tier=PRO),
        ),
        End(tier=PRO),
    ),
    Story(
        "seats by the seller between two new quantities",
        (
            Happening(21, SampleEvent.QUANTITY, seats=3),
            Happening(22, EventKind.SEATS, seats=5),
            Happening(23, SampleEvent.QUANTITY, seats=2),
        ),
        End(seats=5),
        by_time=True,
    ),
    Story("revoked", (Happening(15, EventKind.REVOKE),), BY_HAND),
)


ON_OTHER_MEMBERSHIPS = (
    Story(
        "ended at once",
        (Happening(22, SampleEvent.ENDED),),
        End(until=22, renews=False, is_over=True),
    ),
    Story(
        "two new quantities",
        (
            Happening(21, SampleEvent.QUANTITY, seats=3),
            Happening(23, SampleEvent.QUANTITY, seats=2),
        ),
        End(seats=2),
    ),
    Story("paused", (Happening(22, SampleEvent.PAUSED),), PAUSED),
    Story(
        "paused and resumed",
        (Happening(21, SampleEvent.PAUSED), Happening(22, SampleEvent.RESUMED)),
        ACTIVE,
    ),
)
"""The stories in place of those that a shop cannot tell."""


def on_sales(shop: ShopTraits) -> tuple[Story, ...]:
    return tuple(each for each in ON_SALES if each.fits(shop))


def on_memberships(shop: ShopTraits) -> tuple[Story, ...]:
    own = tuple(each for each in ON_MEMBERSHIPS if each.fits(shop))
    if own == ON_MEMBERSHIPS:
        return own
    return (*own, *(each for each in ON_OTHER_MEMBERSHIPS if each.fits(shop)))


def shuffled(stories: Sequence[Story], chance: Random) -> Iterator[Story]:
    """Yield stories without end, and each story once before any is repeated."""
    while True:
        yield from chance.sample(stories, len(stories))
