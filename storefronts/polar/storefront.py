"""Polar as a storefront, by its API of version 2026-10."""

from typing_extensions import override

from domain.facts import Reading
from storefronts.base import StoredRequest
from storefronts.listing import ProductList
from storefronts.polar.door import PolarDoor
from storefronts.polar.listing import PolarProducts
from storefronts.polar.reading import read_event
from storefronts.polar.registrations import PolarRegistrations
from storefronts.registrations import Registrations
from storefronts.signed_storefront import SignedStorefront


class Polar(PolarDoor, SignedStorefront):
    @property
    @override
    def products(self) -> ProductList:
        return PolarProducts()

    @property
    @override
    def registrations(self) -> Registrations:
        return PolarRegistrations()

    @override
    def read_signed(self, request: StoredRequest) -> Reading:
        return read_event(request, self.ours)
