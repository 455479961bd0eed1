"""Paddle Billing as a storefront, by its published protocol (2026-11)."""

from typing_extensions import override

from domain.facts import Reading
from storefronts.base import StoredRequest
from storefronts.listing import ProductList
from storefronts.paddle.door import PaddleDoor
from storefronts.paddle.listing import PaddleProducts
from storefronts.paddle.reading import read_event
from storefronts.paddle.registrations import PaddleRegistrations
from storefronts.registrations import Registrations
from storefronts.signed_storefront import SignedStorefront


class Paddle(PaddleDoor, SignedStorefront):
    @property
    @override
    def products(self) -> ProductList:
        return PaddleProducts()

    @property
    @override
    def registrations(self) -> Registrations:
        return PaddleRegistrations()

    @override
    def read_signed(self, request: StoredRequest) -> Reading:
        return read_event(request)
