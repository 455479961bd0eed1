"""What an event can be, and what can become of it."""

from typing import Literal

Kind = Literal[
    "sale",
    "recurring_charge",
    "preorder",
    "refund",
    "dispute",
    "dispute_won",
    "cancellation",
    "subscription_updated",
    "subscription_ended",
    "subscription_restarted",
    "test_ping",
    "unknown",
]
SecretLabel = Literal["live", "test"]
"""The side of a shop that a webhook's secret belongs to; some shops tell a test by it alone."""

ORDER_KINDS: tuple[Kind, ...] = ("sale", "recurring_charge", "preorder")
"""The kinds that run under their order's id; the rest carry another's id, or none."""

FULFILLED = "fulfilled"
RENEWED = "renewed"
DELIVERED = (FULFILLED, RENEWED)
"""The outcomes that promise: the buyer has a license, and was told of it."""
DUPLICATE = "duplicate"
FAILED = "failed"
FOREIGN_SELLER = "foreign_seller"
"""Why an event is ignored that names another seller than the settings do."""
NAMED = "named"
"""A run found its event's order; the relay starts the event again under the order's id."""

NO_LICENSE = "no_license"
"""Why a sale is ignored of which the seller's mapping says that it gives no license."""


def ignored(why: str) -> str:
    return f"ignored:{why}"


UNSETTLED = (FAILED, DUPLICATE, ignored(FOREIGN_SELLER))
"""The outcomes that say nothing of the order itself; a setting was wrong, perhaps."""
