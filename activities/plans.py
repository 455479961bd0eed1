"""Decides the plans that subscriptions' facts name, by the mapping."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from db.engine import Database
from db.facts import SourcedFacts, undecided_plans
from db.sales import aliases_in_subscription
from domain.catalog import Catalog, kept_note
from domain.decisions import Decision
from domain.facts import SubscriptionState
from domain.identifiers import order_reference
from domain.sale import Sale
from letters.composing import CatalogSource


@dataclass(frozen=True, slots=True)
class Plans:
    """The decisions, by the keys of the states. A plan without an entry has none, but a note."""

    decisions: Mapping[int, Decision]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDecider:
    database: Database
    products: CatalogSource

    async def decide_all(self, kept: SourcedFacts) -> Plans:
        """Decide the plans that an event's facts name, by the number of the fact."""
        states = {
            number: fact
            for number, fact in enumerate(kept.facts)
            if isinstance(fact, SubscriptionState)
        }
        doubts = tuple(each.note for each in states.values() if each.note is not None)
        plans = await self.decide(kept.source, states)
        return Plans(plans.decisions, (*doubts, *plans.notes))

    async def decide(self, source: str, states: Mapping[int, SubscriptionState]) -> Plans:
        named = {key: each for key, each in states.items() if each.product is not None}
        if not named:
            return Plans({})
        # In a thread, because an edited large file takes a moment to read.
        catalog = await asyncio.to_thread(self.products.current)
        decisions: dict[int, Decision] = {}
        notes: list[str] = []
        for key, state in named.items():
            known = await self.with_aliases(source, state)
            decision = _decided(source, known, catalog)
            if decision is None:
                notes.append(_note(source, known))
            else:
                decisions[key] = decision
        return Plans(decisions, tuple(notes))

    async def decide_earlier(self, sale: Sale) -> Mapping[int, Decision]:
        """Decide the plans that came before the sale whose names their entries need."""
        if sale.subscription_id is None:
            return {}
        states = await self.database.read(undecided_plans, sale.source, sale.subscription_id)
        return (await self.decide(sale.source, states)).decisions

    async def with_aliases(self, source: str, state: SubscriptionState) -> SubscriptionState:
        """Add the product's names that only the payments tell, because the mapping may use them."""
        if state.product is None or state.product.aliases:
            return state
        named = source, state.subscription_id, state.product.product_id
        aliases = await self.database.read(aliases_in_subscription, *named)
        return replace(state, product=replace(state.product, aliases=aliases))


def _decided(source: str, state: SubscriptionState, catalog: Catalog) -> Decision | None:
    if state.product is None:
        return None
    choice = catalog.choose_or_none(source, state.product)
    if choice is None or not choice.offer.licensed:
        return None
    return choice.offer.decide(state.product, state.seats or 1, catalog.sha256, source)


def _note(source: str, state: SubscriptionState) -> str:
    if state.product is None:
        return ""
    return kept_note(source, state.product, order_reference(source, "ORDER"))
