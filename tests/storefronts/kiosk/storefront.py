"""A shop of the tests' own: the second implementation of a storefront's contract."""

from collections.abc import Sequence

from typing_extensions import override

from domain.facts import Payment, Reading
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.base import StoredRequest, Storefront
from storefronts.shop_api import ShopApi
from tests.storefronts.kiosk.door import KioskDoor
from tests.storefronts.kiosk.reading import read_event, read_payment


class Kiosk(KioskDoor, Storefront):
    def __init__(
        self,
        secrets: Sequence[LabeledSecret] = (),
        account: str | None = None,
        api: ShopApi | None = None,
    ) -> None:
        super().__init__(secrets)
        self._account = account
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @override
    def read(self, request: StoredRequest) -> Reading:
        return read_event(request, self._account)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        return read_payment(request)
