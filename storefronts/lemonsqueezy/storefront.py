"""Lemon Squeezy as a storefront, by its documents and recorded events (2026-11)."""

from collections.abc import Sequence

from typing_extensions import override

from domain.facts import Payment, Reading
from storefronts.base import StoredRequest, Storefront
from storefronts.labeled_secrets import LabeledSecret
from storefronts.lemonsqueezy.door import LemonSqueezyDoor
from storefronts.lemonsqueezy.listing import LemonSqueezyProducts
from storefronts.lemonsqueezy.reading import read_payment, read_request
from storefronts.listing import ProductList
from storefronts.shop_api import ShopApi


class LemonSqueezy(LemonSqueezyDoor, Storefront):
    """Both halves. Only the API passes secrets, and only the worker a client.

    `store` is the number of the seller's store; None: events of every store are believed.
    """

    def __init__(
        self,
        secrets: Sequence[LabeledSecret] = (),
        store: str | None = None,
        api: ShopApi | None = None,
    ) -> None:
        super().__init__(secrets)
        self._store = store
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @property
    @override
    def products(self) -> ProductList:
        return LemonSqueezyProducts()

    @override
    def read(self, request: StoredRequest) -> Reading:
        return read_request(request, self._store)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        return read_payment(request)
