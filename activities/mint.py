"""Turns a sale into its one license."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from temporalio import activity
from typing_extensions import override

from db.engine import Database
from db.events import note_event
from db.licenses import LicenseWithDelivery, NewLicense, find_minted, mint_license
from db.sales import load_sale
from domain.catalog import Offer
from domain.event import IgnoredReason
from domain.facts import is_taken_back
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
    ) -> None:
        self.database = database
        self.reader = Reader(database, storefronts)
        self.products = products
        self.clock = clock

    @override
    @activity.defn
    async def mint(self, sale: SaleToMint) -> MintedLicense:
        bought = await self.database.read(load_sale, sale.sale_id)
        # An existing license keeps its terms, even if the mapping has changed.
        found = await self.database.read(find_minted, bought)
        if found is not None:
            return _told(found)
        # In a thread, because an edited large file takes a moment to read.
        catalog = await asyncio.to_thread(self.products.current)
        # After the mapping, because a seller may correct the address before mapping the product.
        known = await self.reader.facts_of_order(bought.source, bought.order_id)
        if is_taken_back([each.fact for each in known]):
            return MintedLicense(ignored=IgnoredReason.REFUNDED)
        choice = catalog.choose(bought.source, bought.product)
        note = choice.note(order_reference(bought.source, bought.order_id))
        if not choice.offer.licensed:
            await self.database.write(note_event, sale.event_id, note)
            return MintedLicense(ignored=IgnoredReason.NO_LICENSE)
        named = with_newest_buyer(bought, known)
        new = replace(_decide(sale, named, choice.offer, catalog.sha256), note=note)
        minted = await self.database.write(mint_license, named, new, self.clock())
        return _told(minted, choice.offer.term)


def _told(minted: LicenseWithDelivery, term: Term | None = None) -> MintedLicense:
    license_ = minted.license
    return MintedLicense(
        license_id=license_.id,
        delivery_id=minted.delivery_id,
        tier=license_.tier,
        term=_end(license_) if term is None or minted.renewed else str(term),
        renewed=minted.renewed,
    )


def _decide(owed: SaleToMint, sale: Sale, offer: Offer, products_sha256: str) -> NewLicense:
    return NewLicense(
        sale_id=owed.sale_id,
        key=new_key(),
        product_name=offer.name or sale.product.name,
        tier=offer.tier,
        seats=offer.seats * sale.quantity,
        # From the day of the sale, so that a late or repeated mint gives the same end.
        expires_at=offer.term.end(sale.sold_at),
        products_sha256=products_sha256,
        token_id=new_token_id(),
        event_id=owed.event_id,
    )


def _end(license_: License) -> str:
    if license_.expires_at is None:
        return "for ever"
    return f"until {license_.expires_at:%Y-%m-%d}"
