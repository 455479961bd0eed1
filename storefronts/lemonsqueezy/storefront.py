"""Lemon Squeezy as a storefront, by its documents and recorded events (2026-11)."""

from typing_extensions import override

from domain.facts import Reading
from storefronts.base import StoredRequest
from storefronts.lemonsqueezy.door import LemonSqueezyDoor
from storefronts.lemonsqueezy.listing import LemonSqueezyProducts
from storefronts.lemonsqueezy.reading import read_request
from storefronts.lemonsqueezy.registrations import LemonSqueezyRegistrations
from storefronts.listing import ProductList
from storefronts.registrations import Registrations
from storefronts.signed_storefront import SignedStorefront


class LemonSqueezy(LemonSqueezyDoor, SignedStorefront):
    """`ours` are the numbers of the seller's stores."""

    @property
    @override
    def products(self) -> ProductList:
        return LemonSqueezyProducts()

    @property
    @override
    def registrations(self) -> Registrations:
        return LemonSqueezyRegistrations()

    @override
    def read_signed(self, request: StoredRequest) -> Reading:
        return read_request(request, self.ours)
