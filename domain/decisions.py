"""Decisions of the product mapping, kept with the fact that needed them."""

from dataclasses import dataclass
from datetime import datetime

DEFAULT_GRACE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """The terms that the mapping gave one payment or one plan.

    A later edit of products.yaml moves no decision. `seats` counts for one unit of `quantity`.
    `months` is the term of one payment; None: for ever. `ends_at` is the end that the payment
    bought, for a license that was granted, or minted before decisions were kept.
    `mapped_under` is the storefront whose entry decided.
    """

    product_id: str
    product_name: str
    tier: str
    seats: int
    quantity: int
    months: int | None
    products_sha256: str
    mapped_under: str | None = None
    instalments: bool = False
    trial_days: int | None = None
    keep_after_end: bool = False
    grace_days: int = DEFAULT_GRACE_DAYS
    ends_at: datetime | None = None
