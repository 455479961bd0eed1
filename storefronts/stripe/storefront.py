"""Stripe as a storefront: Checkout, Payment Links and Billing."""

from typing_extensions import override

from domain.facts import Reading
from storefronts.base import StoredRequest
from storefronts.listing import ProductList
from storefronts.registrations import Registrations
from storefronts.signed_storefront import SignedStorefront
from storefronts.stripe.door import StripeDoor
from storefronts.stripe.listing import StripeProducts
from storefronts.stripe.reading import read_event
from storefronts.stripe.registrations import StripeRegistrations


class Stripe(StripeDoor, SignedStorefront):
    @property
    @override
    def products(self) -> ProductList:
        return StripeProducts()

    @property
    @override
    def registrations(self) -> Registrations:
        return StripeRegistrations()

    @override
    def read_signed(self, request: StoredRequest) -> Reading:
        return read_event(request, self.ours)
