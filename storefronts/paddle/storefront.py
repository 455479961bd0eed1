"""Paddle Billing as a storefront, by its published protocol (2026-11)."""

from collections.abc import Sequence

from typing_extensions import override

from domain.facts import Payment, Reading
from storefronts.base import StoredRequest, Storefront
from storefronts.labeled_secrets import LabeledSecret
from storefronts.listing import ProductList
from storefronts.paddle.door import PaddleDoor
from storefronts.paddle.listing import PaddleProducts
from storefronts.paddle.reading import read_event, read_payment
from storefronts.shop_api import ShopApi


class Paddle(PaddleDoor, Storefront):
    """Both halves. Only the API's process passes secrets, and only the worker a client."""

    def __init__(self, secrets: Sequence[LabeledSecret] = (), api: ShopApi | None = None) -> None:
        super().__init__(secrets)
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @property
    @override
    def products(self) -> ProductList:
        return PaddleProducts()

    @override
    def read(self, request: StoredRequest) -> Reading:
        return read_event(request)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        return read_payment(request)
