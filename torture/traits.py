"""The traits of a shop by which a round is planned."""

from collections.abc import Callable
from dataclasses import dataclass

from storefronts.sample_events import SampleEvent


def same(order_id: str) -> str:
    return order_id


@dataclass(frozen=True, slots=True)
class ShopTraits:
    """`names` are the events that the shop has. `charge_id` makes the id of a later payment.

    `tells_times`: its events have times that order them. `tells_periods`: each later payment says
    until when it paid. `has_api`: the worker asks its API.
    """

    names: frozenset[SampleEvent] = frozenset(SampleEvent)
    charge_id: Callable[[str], str] = same
    tells_times: bool = True
    tells_periods: bool = True
    has_api: bool = False


EVERY_EVENT = ShopTraits()
