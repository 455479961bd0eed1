"""The life of a license: a pure function of the facts known about the license."""

from dataclasses import dataclass
from datetime import datetime

from domain.decisions import Decision
from domain.event import IgnoredReason
from domain.facts import Fact
from domain.license import LicenseReason, LicenseStatus
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A payment of the license's line, with the decision about it.

    `decision` None: the mapping had no entry, and the license keeps its plan. `order_total` is the
    price of all lines of the order.
    """

    sale: Sale
    decision: Decision | None
    order_total: int


@dataclass(frozen=True, slots=True)
class DecidedFact:
    """A fact, with the decision about the plan that it names."""

    fact: Fact
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known about one license, in any order, with repetitions."""

    payments: tuple[PaidLine, ...]
    facts: tuple[DecidedFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Life:
    """The state of a license. `expires_at` None: it never ends.

    `renews` None: there is no subscription. `grace_until` None: there is no grace. `changes_at` is
    the next moment at which a known fact takes effect. `refuses` is the reason to mint nothing, if
    the order has no license yet.
    """

    status: LicenseStatus
    reason: LicenseReason | None
    expires_at: datetime | None
    renews: bool | None
    grace_until: datetime | None
    tier: str
    seats: int
    product_id: str
    product_name: str
    products_sha256: str
    changes_at: datetime | None = None
    refuses: IgnoredReason | None = None


def fold(story: Story, now: datetime) -> Life:
    """Compute the license from its story. The sequence of the facts does not matter."""
    raise NotImplementedError
