"""A small shop's API on the loopback: it knows orders by their ids, and fails on demand."""

from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass(slots=True)
class FakeShop:
    """`orders` is the answer for each order; `failures` are used up first, one a request."""

    key: str = "shop-api-key"
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: deque[HTTPStatus] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/orders/{order_id}", self.answer)])

    async def answer(self, request: Request) -> JSONResponse:
        order_id = request.path_params["order_id"]
        self.asked.append(order_id)
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _refused(HTTPStatus.UNAUTHORIZED)
        if self.failures:
            return _refused(self.failures.popleft())
        order = self.orders.get(order_id)
        return _refused(HTTPStatus.NOT_FOUND) if order is None else JSONResponse(order)


def _refused(status: HTTPStatus) -> JSONResponse:
    return JSONResponse({"error": status.phrase}, status)
