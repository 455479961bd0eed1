"""The plans of a changed membership, as a `subscription_updated` ping tells them."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.sale import Variants
from storefronts.gumroad.subscriptions import TIER
from storefronts.sample import FollowUp
from storefronts.sample_events import SampleEvent

NO_TIER = "Untitled"
"""Gumroad's own name of a membership's only level."""


@dataclass(frozen=True, slots=True)
class Plan:
    tier: str
    recurrence: str
    price: int
    quantity: int

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        yield f"{name}[tier][id]", f"{secrets.token_urlsafe(16)}=="
        yield f"{name}[tier][name]", self.tier
        yield f"{name}[recurrence]", self.recurrence
        yield f"{name}[price_cents]", str(self.price)
        yield f"{name}[quantity]", str(self.quantity)


def plan_change(
    event: SampleEvent, since: str, known: Mapping[str, str], told: FollowUp
) -> tuple[tuple[str, str], ...]:
    """Return the fields of a change from the plan of today to the wanted one.

    `known` are the fields of the paid order, which may be older than the plan.
    """
    old = _plan_of_today(known, told)
    new = _new_plan(event, old, told)
    is_less = event == SampleEvent.DOWNGRADE or new.quantity < old.quantity
    return (
        ("resource_name", "subscription_updated"),
        ("type", "downgrade" if is_less else "upgrade"),
        ("effective_as_of", since),
        *old.pairs("old_plan"),
        *new.pairs("new_plan"),
    )


def _plan_of_today(known: Mapping[str, str], told: FollowUp) -> Plan:
    one = int(known.get("price") or 0) // int(known.get("quantity") or 1)
    quantity = told.plan.quantity
    return Plan(_tier(told.plan.variants), known["recurrence"], one * quantity, quantity)


def _new_plan(event: SampleEvent, old: Plan, told: FollowUp) -> Plan:
    quantity = old.quantity if told.quantity is None else told.quantity
    tier = old.tier if told.variants is None else _tier(told.variants)
    price = old.price * quantity // old.quantity
    if tier != old.tier:
        price = price // 2 if event == SampleEvent.DOWNGRADE else price * 2
    return Plan(tier, old.recurrence, price, quantity)


def _tier(variants: Variants) -> str:
    """Return the level among the chosen options, or else the first option."""
    chosen = dict(variants)
    return chosen.get(TIER) or next(iter(chosen.values()), NO_TIER)
