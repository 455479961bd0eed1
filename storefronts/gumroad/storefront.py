"""Gumroad as a storefront, by Gumroad's published source (2025-04 and 2026-08)."""

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from domain.facts import Payment, Reading
from storefronts.base import StoredRequest, Storefront
from storefronts.gumroad.door import GumroadDoor
from storefronts.gumroad.reading import read_payment, read_ping
from storefronts.gumroad.registrations import GumroadRegistrations
from storefronts.registrations import Registrations
from storefronts.shop_api import ShopApi


class Gumroad(GumroadDoor, Storefront):
    """Both halves. Only the API passes secrets, and only the worker the client."""

    charges_mint: ClassVar[bool] = True

    def __init__(
        self,
        secrets: Sequence[str] = (),
        seller_id: str | None = None,
        api: ShopApi | None = None,
    ) -> None:
        super().__init__(secrets)
        self._seller_id = seller_id
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @property
    @override
    def registrations(self) -> Registrations:
        return GumroadRegistrations()

    @override
    def read(self, request: StoredRequest) -> Reading:
        return read_ping(request, self._seller_id)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        return read_payment(request)
