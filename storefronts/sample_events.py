"""The names of the events that `mintpost trigger` can send. Each shop makes some of them."""

from enum import StrEnum


class SampleEvent(StrEnum):
    """An event by the name that a person types."""

    SALE = "sale"
    MEMBERSHIP = "membership"
    GIFT = "gift"
    TEST_PING = "test-ping"
    RENEWAL = "renewal"
    REFUND = "refund"
    PARTIAL_REFUND = "partial-refund"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute-won"
    CANCELLATION = "cancellation"
    PAYMENT_FAILED = "payment-failed"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    QUANTITY = "quantity"
    ENDED = "ended"
    PAID_IN_FULL = "paid-in-full"
    RESTARTED = "restarted"
    PAUSED = "paused"
    RESUMED = "resumed"

    @property
    def is_first(self) -> bool:
        """Tell whether the event belongs to no earlier order."""
        return self in FIRST

    @property
    def is_of_order(self) -> bool:
        """Tell whether the event follows any order, and not only one of a membership."""
        return self in OF_ORDER


FIRST = frozenset(
    {SampleEvent.SALE, SampleEvent.MEMBERSHIP, SampleEvent.GIFT, SampleEvent.TEST_PING}
)
OF_ORDER = frozenset(
    {
        SampleEvent.REFUND,
        SampleEvent.PARTIAL_REFUND,
        SampleEvent.DISPUTE,
        SampleEvent.DISPUTE_WON,
    }
)
PLAN_CHANGES = frozenset({SampleEvent.UPGRADE, SampleEvent.DOWNGRADE, SampleEvent.QUANTITY})
