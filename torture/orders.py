"""The sales of a round, and their terms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.license import Term
from torture.traits import same

HOST, MISTYPED_HOST = "example.com", "exmaple.com"
MEMBERSHIPS = 8
"""The first sale of every eight begins a membership; the next two are its later charges."""
CHARGES = 3
MISTYPED = (4, 6)
"""The sales of every eight with a mistyped address. None of them belongs to a membership."""
TERM = Term(months=1)
SOME_DAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAYS_BEFORE = 25
"""The first payments are so old that all charges are over, and that no license has ended."""
BETWEEN_CHARGES = timedelta(days=10)
"""Less than a term, so that each charge makes its license end later."""


@dataclass(frozen=True, slots=True)
class Order:
    """One sale. `charge` counts the payments of its subscription, starting at 0."""

    order_id: str
    email: str
    subscription_id: str | None = None
    charge: int = 0
    paid_at: datetime = SOME_DAY


def first_day(now: datetime) -> datetime:
    """Return the time of the first payments, for a round that is played now."""
    return now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=DAYS_BEFORE)


def make_orders(
    prefix: str, sales: int, began: datetime, charge_id: Callable[[str], str] = same
) -> Iterator[Order]:
    for number in range(sales):
        place = number % MEMBERSHIPS
        member = number - place if place < CHARGES and number >= MEMBERSHIPS else None
        host = MISTYPED_HOST if place in MISTYPED else HOST
        charge = 0 if member is None else place
        order_id = f"{prefix}{number:04}"
        yield Order(
            order_id=charge_id(order_id) if charge else order_id,
            email=f"buyer-{number if member is None else member:04}@{host}",
            subscription_id=None if member is None else f"{prefix}member-{member:04}",
            charge=charge,
            paid_at=began + charge * BETWEEN_CHARGES,
        )
