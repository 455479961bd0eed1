"""Stripe as a storefront: Checkout, Payment Links and Billing."""

from collections.abc import Sequence

from typing_extensions import override

from domain.facts import Payment, Reading
from storefronts.base import StoredRequest, Storefront
from storefronts.labeled_secrets import LabeledSecret
from storefronts.listing import ProductList
from storefronts.shop_api import ShopApi
from storefronts.stripe.door import StripeDoor
from storefronts.stripe.listing import StripeProducts
from storefronts.stripe.reading import read_event, read_payment


class Stripe(StripeDoor, Storefront):
    """Both halves. Only the API passes secrets, and only the worker the client of Stripe's API."""

    def __init__(
        self,
        secrets: Sequence[LabeledSecret] = (),
        account: str | None = None,
        api: ShopApi | None = None,
    ) -> None:
        super().__init__(secrets)
        self.account = account
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @property
    @override
    def products(self) -> ProductList:
        return StripeProducts()

    @override
    def read(self, request: StoredRequest) -> Reading:
        return read_event(request, self.account)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        return read_payment(request)
