"""A storefront that signs its requests, whole: the reading's ends, and the client of its API."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.facts import Payment, Reading, payment_in
from domain.questions import UnansweredError
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.base import StoredRequest, Storefront
from storefronts.shop_api import ShopApi
from storefronts.signed_door import SignedDoor


class SignedStorefront(SignedDoor, Storefront):
    """Both halves. Only the API's process passes secrets, and only the worker the client.

    `ours` are the seller's accounts, of both sides; without any, events of every account are
    believed.
    """

    def __init__(
        self,
        secrets: Sequence[LabeledSecret] = (),
        ours: Iterable[str] = (),
        api: ShopApi | None = None,
    ) -> None:
        super().__init__(secrets)
        self.ours = frozenset(ours)
        self._api = api

    @property
    @override
    def api(self) -> ShopApi | None:
        return self._api

    @override
    def read(self, request: StoredRequest) -> Reading:
        try:
            return self.read_signed(request)
        except SaleInvalidError as error:
            return Reading(ends=error)
        except UnansweredError as error:
            return Reading(asks=error.question)

    @override
    def read_test(self, request: StoredRequest) -> Payment:
        reading = self.read(request)
        payment = payment_in(reading.facts)
        if payment is not None:
            return payment
        if isinstance(reading.ends, SaleInvalidError):
            raise reading.ends
        asked = "" if reading.asks is None else f" without {reading.asks.about} from the shop's API"
        raise SaleInvalidError(f"it tells of no payment{asked}")

    @abstractmethod
    def read_signed(self, request: StoredRequest) -> Reading:
        """Read the body into facts. May raise SaleInvalidError and UnansweredError."""
