"""A client of the kiosk shop's API, for the worker alone."""

from dataclasses import dataclass, field, replace
from http import HTTPStatus

import httpx
from typing_extensions import override

from domain.errors import SaleInvalidError, StorefrontAwayError, StorefrontRefusesError
from domain.facts import Payment
from storefronts.base import Completer
from storefronts.document import read_document
from tests.storefronts.kiosk.reading import buyer_of, line_of

SOURCE = "kiosk"
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class KioskClient(Completer):
    url: str
    key: str = field(repr=False)

    @override
    async def complete(self, payment: Payment) -> Payment:
        answer = await self._ask(payment.order_id)
        if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise StorefrontRefusesError(SOURCE, "refuses our key")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise SaleInvalidError("its shop does not know the order")
        if answer.status_code != HTTPStatus.OK:
            raise StorefrontAwayError(SOURCE, f"answered {answer.status_code}")
        order = read_document(answer.content)
        lines = tuple(map(line_of, order["lines"].items()))
        return replace(payment, lines=lines, buyer=buyer_of(order["buyer"]), whole=True)

    async def _ask(self, order_id: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
                return await http.get(f"{self.url}/orders/{order_id}", headers=headers)
        except httpx.HTTPError as error:
            raise StorefrontAwayError(SOURCE, f"gave no answer ({type(error).__name__})") from None
