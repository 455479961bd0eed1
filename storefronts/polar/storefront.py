"""Polar as a storefront, by its API of version 2026-10."""

from collections.abc import Iterable, Sequence

from typing_extensions import override

from domain.facts import Payment, Reading
from storefronts.base import StoredRequest, Storefront
from storefronts.labeled_secrets import LabeledSecret
from storefronts.listing import ProductList
from storefronts.polar.door import PolarDoor
from storefronts.polar.listing import PolarProducts
from storefronts.polar.reading import read_event, read_payment
from storefronts.shop_api import ShopApi


class Polar(PolarDoor, Storefront):
    """Both halves. Only the API passes secrets, and only the worker the client of Polar's API."""

    def __init__(
        self,
        secrets: Sequence[LabeledSecret] = (),
        organizations: Iterable[str] = (),
        api: ShopApi | None = None,
    ) -> None:
        super().__init__(secrets)
        self._organizations = frozenset(organizations)
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @property
    @override
    def products(self) -> ProductList:
        return PolarProducts()

    @override
    def read(self, request: StoredRequest) -> Reading:
        return read_event(request, self._organizations)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        return read_payment(request)
