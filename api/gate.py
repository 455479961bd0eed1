"""Admits a request before routing, or answers it like a request for an unknown path."""

from collections.abc import Callable
from ipaddress import ip_address

from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api.authentication import SENDER, Authentication
from api.bodies import UnprovenError

LONGEST_METHOD = 32
LONGEST_PATH = 1024
LONGEST_QUERY = 1024
LARGEST_HEADERS = 8 * 1024
"""In bytes; a genuine request uses a tenth of it."""

UNKNOWN = JSONResponse({"detail": "Not Found"}, 404)
"""The answer to an unknown path, and to every stranger."""

PORTS = range(65_536)


class Gate:
    """ASGI middleware that answers strangers itself.

    `refused` is told of each of them, with the reason where a signature could not be verified.
    `open_routes` need no secret; `assemble` sets them at start.
    """

    def __init__(
        self,
        app: ASGIApp,
        authentication: Authentication,
        refused: Callable[[Scope, str | None], None],
    ) -> None:
        self.app = app
        self.authentication = authentication
        self.refused = refused
        self.open_routes: list[BaseRoute] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except UnprovenError as error:
            await self._refuse(scope, receive, send, error.why)
        except ClientDisconnect:
            return  # Its signature is unproven, and nobody is there to read an answer.

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_short = not is_too_long(scope)
        tell_little(scope)
        if is_short:
            receive = await self.authentication.admit(scope, receive)
        # Every short request pays for both checks: a response time must not reveal known paths.
        if is_short and (self._is_open(scope) or SENDER in scope):
            await self.app(scope, receive, send)
        else:
            await self._refuse(scope, receive, send)

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, why: str | None = None
    ) -> None:
        await UNKNOWN(scope, receive, send)
        self.refused(scope, why)

    def _is_open(self, scope: Scope) -> bool:
        matches = [route.matches(scope)[0] for route in self.open_routes]
        return Match.FULL in matches


def is_too_long(scope: Scope) -> bool:
    # As sent: each header has a colon, a space and a line break besides.
    headers = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return (
        len(scope["method"]) > LONGEST_METHOD
        or len(scope["raw_path"]) > LONGEST_PATH
        or len(scope["query_string"]) > LONGEST_QUERY
        or headers > LARGEST_HEADERS
    )


def tell_little(scope: Scope) -> None:
    """Shorten method and path, and check the client address, because uvicorn logs all three."""
    scope["method"] = scope["method"][: LONGEST_METHOD + 1]
    scope["path"] = scope["path"][: LONGEST_PATH + 1]
    if scope["client"] is not None:
        scope["client"] = plain_address(*scope["client"])


def plain_address(host: str, port: int) -> tuple[str, int]:
    """Return an IP address or `unknown`: a proxy may forward any text in X-Forwarded-For."""
    # `ip_address` accepts any text as the zone of an IPv6 address.
    host = host.partition("%")[0]
    try:
        ip_address(host)
    except ValueError:
        return "unknown", 0
    return host, port if port in PORTS else 0
