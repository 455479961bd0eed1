"""The parts of a sale that a shop's events tell. Each storefront's package declares them."""

from dataclasses import dataclass
from enum import Enum, auto


class MarkOfTests(Enum):
    """The place that marks the test sales of a shop.

    BODY: a field of the event. SECRET: only the label of the secret that matched.
    """

    BODY = auto()
    SECRET = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """`tests/storefronts/test_abilities.py` compares them with readings of recorded events.

    `event_keys`: each event has the shop's own id, so a repeated request stores no second event.
    `whole_sales`: a sale's event has all order lines and the buyer; otherwise the worker's
    reading asks the shop's API. `refund_amounts`: a refund tells its amount. `disputes`: an
    event tells a dispute. `endings`: an event tells that a subscription ended. `plan_changes`: an
    event tells the new product or quantity of a subscription.
    """

    mark_of_tests: MarkOfTests
    event_keys: bool
    whole_sales: bool
    refund_amounts: bool
    disputes: bool
    endings: bool
    plan_changes: bool
