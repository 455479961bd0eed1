"""Turns a sale into its one license."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from temporalio import activity
from typing_extensions import override

from activities.plans import PlanDecider
from db.engine import Database
from db.events import note_event
from db.licenses import LicenseWithDelivery, find_minted, has_license, waits_for_sale
from db.minting import NewLicense, mint_license, refusal_of_sale
from db.reopening import let_first_payment_run
from db.sales import load_sale
from domain.catalog import Catalog, kept_note
from domain.event import IgnoredReason, NotedReason
from domain.identifiers import order_reference
from domain.license import License, Term
from domain.sale import Sale
from kit.clock import Clock, utc_now
from letters.composing import CatalogSource
from licensing.keys import new_key, new_token_id
from reading.newest_buyer import with_newest_buyer
from reading.reader import Reader
from storefronts.base import Storefront
from workflows.steps import MintedLicense, MintStep, SaleToMint


class Mint(MintStep):
    def __init__(
        self,
        database: Database,
        storefronts: Mapping[str, Storefront],
        products: CatalogSource,
        clock: Clock = utc_now,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.database = database
        self.storefronts = storefronts
        self.reader = Reader(database, storefronts)
        self.products = products
        self.decider = PlanDecider(database, products)
        self.clock = clock
        self.changed = changed

    @override
    @activity.defn
    async def mint(self, sale: SaleToMint) -> MintedLicense:
        bought = await self.database.read(load_sale, sale.sale_id)
        # An existing license keeps its terms, even if the mapping has changed.
        found = await self.database.read(find_minted, bought)
        if found is not None:
            return _told(found)
        if await self.waits(bought):
            return MintedLicense(noted=NotedReason.NO_SALE_YET)
        # In a thread, because an edited large file takes a moment to read.
        catalog = await asyncio.to_thread(self.products.current)
        # After the mapping, because a seller may correct the address before mapping the product.
        known = await self.reader.facts_of_order(bought.source, bought.order_id)
        named = with_newest_buyer(bought, known)
        order = order_reference(bought.source, bought.order_id)
        choice = catalog.choose_or_none(bought.source, bought.product)
        if choice is None or not choice.offer.licensed:
            return await self.without_offer(sale, named, catalog)
        decision = choice.offer.decide(
            bought.product, bought.quantity, catalog.sha256, bought.source
        )
        new = replace(
            _new(sale, choice.note(order)), decision=decision, shop_key=choice.offer.shop_key
        )
        return await self.keep(named, new, None if bought.subscription_id else choice.offer.term)

    async def waits(self, bought: Sale) -> bool:
        """Tell whether a charge waits for the sale of its subscription, before any mapping."""
        storefront = self.storefronts.get(bought.source)
        if storefront is None or storefront.charges_mint:
            return False
        waits = await self.database.read(waits_for_sale, bought)
        if waits:
            await self.database.write(let_first_payment_run, bought)
        return waits

    async def without_offer(self, sale: SaleToMint, named: Sale, catalog: Catalog) -> MintedLicense:
        """Refuse a sale that was taken back. A charge keeps the terms of its subscription."""
        if await self.database.read(has_license, named):
            order = order_reference(named.source, named.order_id)
            note = kept_note(named.source, named.product, order)
            return await self.keep(named, _new(sale, note))
        refused = await self.database.read(refusal_of_sale, named, self.clock())
        if refused is not None:
            return MintedLicense(ignored=refused)
        choice = catalog.choose(named.source, named.product)  # Raises ProductUnmappedError.
        said = choice.note(order_reference(named.source, named.order_id))
        await self.database.write(note_event, sale.event_id, said)
        return MintedLicense(ignored=IgnoredReason.NO_LICENSE)

    async def keep(self, named: Sale, new: NewLicense, term: Term | None = None) -> MintedLicense:
        new = replace(new, plans=await self.decider.decide_earlier(named))
        minted = await self.database.write(mint_license, named, new, self.clock())
        self.changed()
        if isinstance(minted, IgnoredReason):
            return MintedLicense(ignored=minted)
        return _told(minted, term)


def _told(minted: LicenseWithDelivery, term: Term | None = None) -> MintedLicense:
    license_ = minted.license
    return MintedLicense(
        license_id=license_.id,
        delivery_id=minted.delivery_id,
        tier=license_.tier,
        term=_end(license_) if term is None or minted.renewed else str(term),
        renewed=minted.renewed,
        ignored=minted.refused,
    )


def _new(owed: SaleToMint, note: str | None) -> NewLicense:
    return NewLicense(
        sale_id=owed.sale_id,
        event_id=owed.event_id,
        key=new_key(),
        decision=None,
        token_id=new_token_id(),
        note=note,
    )


def _end(license_: License) -> str:
    if license_.expires_at is None:
        return "for ever"
    return f"until {license_.expires_at:%Y-%m-%d}"
