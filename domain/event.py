"""The kinds of events, and the outcomes that an event can end with."""

from enum import StrEnum
from typing import Literal


class Origin(StrEnum):
    """The way by which an event came in. `events.origin` holds the value."""

    WEBHOOK = "webhook"  #: The storefront sent a request.
    LIST = "list"  #: The storefront's list of sales has it, and no request came.
    OPERATOR = "operator"  #: A person acted, by the command line or a page.


class EventKind(StrEnum):
    """The part of a sale's life that an event tells. `events.kind` holds the value."""

    SALE = "sale"  #: A buyer paid, once or for the first time.
    RECURRING_CHARGE = "recurring_charge"  #: A subscription was paid again.
    PREORDER = "preorder"  #: A buyer ordered and will pay later.
    PENDING_SALE = "pending_sale"  #: A buyer ordered, and the shop waits for the money.
    REFUND = "refund"  #: The seller gave money back, all of it or a part.
    REFUND_REVERSED = "refund_reversed"  #: A refund failed, or was taken back.
    DISPUTE = "dispute"  #: The buyer's bank takes the money back.
    DISPUTE_WON = "dispute_won"  #: The bank gave the money to the seller after all.
    DISPUTE_LOST = "dispute_lost"  #: The bank gave the money to the buyer for good.
    CANCELLATION = "cancellation"  #: A subscription will not be charged again.
    CANCELLATION_UNDONE = "cancellation_undone"  #: It will be charged again after all.
    SUBSCRIPTION_LINKED = "subscription_linked"  #: A subscription belongs to an order.
    SUBSCRIPTION_UPDATED = "subscription_updated"  #: A subscription's plan changed.
    SUBSCRIPTION_PAUSED = "subscription_paused"  #: A subscription rests, and may go on.
    SUBSCRIPTION_RESUMED = "subscription_resumed"  #: A paused subscription goes on.
    SUBSCRIPTION_ENDED = "subscription_ended"  #: A subscription is over.
    SUBSCRIPTION_RESTARTED = "subscription_restarted"  #: A canceled subscription goes on.
    TEST_PING = "test_ping"  #: The seller pressed the storefront's test button.
    KNOWN = "known"  #: The storefront tells something that changes no license.
    UNKNOWN = "unknown"  #: The body does not tell, or nobody has read it yet.
    GRANT = "grant"  #: The seller gave a license without a sale.
    REVOKE = "revoke"  #: The seller took a license away.
    RESTORE = "restore"  #: The seller gave a license back.
    EXTEND = "extend"  #: The seller gave a license a later end.
    SEATS = "seats"  #: The seller gave a license another number of seats.
    TIER = "tier"  #: The seller gave a license another tier.
    HOLDER = "holder"  #: The seller corrected the address of the holder.
    KEY = "key"  #: The seller gave a license a further key.
    REMAP = "remap"  #: The seller had a license decided again by today's mapping.


ORDER_KINDS = (EventKind.SALE, EventKind.RECURRING_CHARGE, EventKind.PREORDER)
"""The kinds that run under their order's id. Other kinds name another order, or no order."""

ACTS = (
    EventKind.GRANT,
    EventKind.REVOKE,
    EventKind.RESTORE,
    EventKind.EXTEND,
    EventKind.SEATS,
    EventKind.TIER,
    EventKind.HOLDER,
    EventKind.KEY,
    EventKind.REMAP,
)
"""The kinds of the seller's own events."""

APPLIED_KINDS = (
    EventKind.REFUND,
    EventKind.REFUND_REVERSED,
    EventKind.DISPUTE,
    EventKind.DISPUTE_WON,
    EventKind.DISPUTE_LOST,
    EventKind.CANCELLATION,
    EventKind.CANCELLATION_UNDONE,
    EventKind.SUBSCRIPTION_LINKED,
    EventKind.SUBSCRIPTION_UPDATED,
    EventKind.SUBSCRIPTION_PAUSED,
    EventKind.SUBSCRIPTION_RESUMED,
    EventKind.SUBSCRIPTION_ENDED,
    EventKind.SUBSCRIPTION_RESTARTED,
    *ACTS,
)
"""The kinds whose facts change a license and mint none for an order."""

OPERATOR = "operator"
"""The source of the seller's own events."""

SecretLabel = Literal["live", "test"]
"""The side of a shop for a webhook's secret. Some shops mark a test by the secret alone."""

TEST: SecretLabel = "test"


class Outcome(StrEnum):
    """The end of an event. Others are `ignored:<why>` and `noted:<why>`."""

    FULFILLED = "fulfilled"  #: The buyer has a new license, and an e-mail told of it.
    RENEWED = "renewed"  #: The subscription's license was extended, and an e-mail told of it.
    DUPLICATE = "duplicate"  #: Another event of the same order settled the order.
    APPLIED = "applied"  #: A license was changed, and the note says how.
    FAILED = "failed"  #: No repetition helps: a person has to act.


class IgnoredReason(StrEnum):
    """Why an event mints nothing, if the reason is not its kind."""

    FOREIGN_SELLER = "foreign_seller"  #: It names another seller than the settings do.
    FOREIGN_ACCOUNT = "foreign_account"  #: It names another account or store than the settings do.
    SIMULATION = "simulation"  #: The shop's simulator sent it, with an invented customer.
    NAMED = "named"  #: A run found its order; the relay starts it again under the order's id.
    NO_LICENSE = "no_license"  #: The product mapping gives its product no license.
    REFUNDED = "refunded"  #: The order was refunded before it had a license.
    DISPUTED = "disputed"  #: The buyer's bank asked for the money before there was a license.
    DISPUTE_LOST = "dispute_lost"  #: The bank gave the money back before there was a license.
    ENDED = "ended"  #: The subscription was over before it had a license.
    BY_HAND = "by_hand"  #: The seller revoked the order before it had a license.


TAKEN_BACK = (IgnoredReason.REFUNDED, IgnoredReason.DISPUTED, IgnoredReason.DISPUTE_LOST)
"""The reasons for which one payment of a subscription counts for nothing."""

REFUSALS = (*TAKEN_BACK, IgnoredReason.ENDED, IgnoredReason.BY_HAND)
"""The reasons for which an order gets no license, until a later fact takes them away."""


class NotedReason(StrEnum):
    """Why an event settles nothing, so that a later event of the order may mint."""

    WAITS_FOR_PAYMENT = "waits_for_payment"  #: The order is not paid yet.
    PARTIAL_REFUND = "partial_refund"  #: A part of the money went back.
    NO_SALE_YET = "no_sale_yet"  #: No sale is known to which the facts belong.
    NO_LICENSE = "no_license"  #: The order is known, and has no license.
    NO_CHANGE = "no_change"  #: The license is already as the facts say.
    EFFECTIVE_LATER = "effective_later"  #: The facts take effect at a later moment.
    UNKNOWN_EVENT = "unknown_event"  #: The storefront's name of the event is unknown.
    REFUND = "refund"  #: A refund is told, and another event tells how much of the order it is.
    REFUND_REQUESTED = "refund_requested"  #: A refund is asked for, and may be rejected.
    REFUND_REJECTED = "refund_rejected"  #: A refund that was asked for did not come about.
    INQUIRY = "inquiry"  #: The buyer's bank asks about a payment, and takes nothing back.
    CREDIT = "credit"  #: The buyer got a credit, and keeps what the order bought.
    PAYMENT_FAILED = "payment_failed"  #: The awaited payment of an order did not come.
    PAUSE_SCHEDULED = "pause_scheduled"  #: A subscription will rest later; another event tells it.
    DISPUTE = "dispute"  #: A dispute is told, and nobody knows what it means for the order.


IGNORED = "ignored:"
"""Begins the outcome of an event that mints nothing."""


def ignored(why: str) -> str:
    return f"{IGNORED}{why}"


DELIVERED = (Outcome.FULFILLED, Outcome.RENEWED)
"""The outcomes of a buyer with a license and an e-mail."""

NOTED = "noted:"
"""Begins the outcome of an event that settles nothing, so that a later event may mint."""


def noted(why: str) -> str:
    return f"{NOTED}{why}"


UNSETTLED = (
    Outcome.FAILED,
    Outcome.DUPLICATE,
    ignored(IgnoredReason.FOREIGN_SELLER),
    ignored(IgnoredReason.FOREIGN_ACCOUNT),
    ignored(IgnoredReason.SIMULATION),
)
"""Outcomes after which another event may still fulfill the order: a setting may be wrong."""


def settles(outcome: str) -> bool:
    """Tell whether this outcome of an event settles the order."""
    return outcome not in UNSETTLED and not outcome.startswith(NOTED)


class EventStatus(StrEnum):
    """The state of an event or a sale in lists: an outcome, or none yet."""

    OPEN = "open"  #: It has no outcome yet.
    PARKED = "parked"  #: It has no outcome yet, and a sentence says why.
    FULFILLED = Outcome.FULFILLED
    RENEWED = Outcome.RENEWED
    DUPLICATE = Outcome.DUPLICATE
    APPLIED = Outcome.APPLIED
    IGNORED = "ignored"  #: Its outcome is `ignored:<why>`.
    NOTED = "noted"  #: Its outcome is `noted:<why>`.
    FAILED = Outcome.FAILED


def unsettled_status(error: str | None) -> EventStatus:
    """Return the status of an event without an outcome, by its sentence."""
    return EventStatus.OPEN if error is None else EventStatus.PARKED
