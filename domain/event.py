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
    REFUND = "refund"  #: The seller gave money back, all of it or a part.
    DISPUTE = "dispute"  #: The buyer's bank takes the money back.
    DISPUTE_WON = "dispute_won"  #: The bank gave the money to the seller after all.
    CANCELLATION = "cancellation"  #: A subscription will not be charged again.
    SUBSCRIPTION_UPDATED = "subscription_updated"  #: A subscription's plan changed.
    SUBSCRIPTION_ENDED = "subscription_ended"  #: A subscription is over.
    SUBSCRIPTION_RESTARTED = "subscription_restarted"  #: A canceled subscription goes on.
    TEST_PING = "test_ping"  #: The seller pressed the storefront's test button.
    UNKNOWN = "unknown"  #: The body does not tell, or nobody has read it yet.


ORDER_KINDS = (EventKind.SALE, EventKind.RECURRING_CHARGE, EventKind.PREORDER)
"""The kinds that run under their order's id. Other kinds name another order, or no order."""

SecretLabel = Literal["live", "test"]
"""The side of a shop for a webhook's secret. Some shops mark a test by the secret alone."""


class Outcome(StrEnum):
    """The end of an event. Others are `ignored:<why>` and `noted:<why>`."""

    FULFILLED = "fulfilled"  #: The buyer has a new license, and an e-mail told of it.
    RENEWED = "renewed"  #: The subscription's license was extended, and an e-mail told of it.
    DUPLICATE = "duplicate"  #: Another event of the same order settled the order.
    FAILED = "failed"  #: No repetition helps: a person has to act.


class IgnoredReason(StrEnum):
    """Why an event mints nothing, if the reason is not its kind."""

    FOREIGN_SELLER = "foreign_seller"  #: It names another seller than the settings do.
    NAMED = "named"  #: A run found its order; the relay starts it again under the order's id.
    NO_LICENSE = "no_license"  #: The product mapping gives its product no license.
    REFUNDED = "refunded"  #: The order was refunded or disputed before it had a license.


class NotedReason(StrEnum):
    """Why an event settles nothing, so that a later event of the order may mint."""

    WAITS_FOR_PAYMENT = "waits_for_payment"  #: The order is not paid yet.


IGNORED = "ignored:"
"""Begins the outcome of an event that mints nothing."""


def ignored(why: str) -> str:
    return f"{IGNORED}{why}"


def is_ignored(outcome: str) -> bool:
    return outcome.startswith(IGNORED)


DELIVERED = (Outcome.FULFILLED, Outcome.RENEWED)
"""The outcomes of a buyer with a license and an e-mail."""

NOTED = "noted:"
"""Begins the outcome of an event that settles nothing, so that a later event may mint."""


def noted(why: str) -> str:
    return f"{NOTED}{why}"


UNSETTLED = (Outcome.FAILED, Outcome.DUPLICATE, ignored(IgnoredReason.FOREIGN_SELLER))
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
    IGNORED = "ignored"  #: Its outcome is `ignored:<why>`.
    NOTED = "noted"  #: Its outcome is `noted:<why>`.
    FAILED = Outcome.FAILED
