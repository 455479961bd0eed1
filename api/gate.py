"""Authenticates before routing, with the same work for every path."""

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api.webhooks import envelope_of
from storefronts.base import Storefront

LONGEST_METHOD = 32
LONGEST_PATH = 1024
LONGEST_QUERY = 1024
LARGEST_HEADERS = 8 * 1024
"""In bytes; a genuine request uses a tenth of it."""

UNKNOWN = JSONResponse({"detail": "Not Found"}, 404)
"""The answer to an unknown path, and to every stranger."""

SENDER = "mintpost.sender"
"""Set in the scope of a request that showed a secret; `Connection` reads it."""

WEBHOOKS = "/webhooks/"
PORTS = range(65_536)


class Door:
    """Decides about each request. `open_routes` need no secret; `assemble` sets them at start."""

    def __init__(self, storefronts: Mapping[str, Storefront]) -> None:
        self.storefronts = storefronts
        self.open_routes: Sequence[BaseRoute] = ()

    def lets_in(self, scope: Scope) -> bool:
        if is_too_long(scope):
            return False
        # Every request pays for both checks, so that response times do not reveal known paths.
        is_friend = self._knows(scope)
        is_open = [route.matches(scope)[0] is Match.FULL for route in self.open_routes]
        if is_friend:
            scope[SENDER] = True
        return is_friend or any(is_open)

    def _knows(self, scope: Scope) -> bool:
        path = scope["path"].removeprefix(scope["root_path"])
        is_webhook = scope["method"] == "POST" and path.startswith(WEBHOOKS)
        asked = self.storefronts.get(path.removeprefix(WEBHOOKS))
        # An unknown path compares the secrets of another storefront, and discards the result.
        compared = asked or next(iter(self.storefronts.values()), None)
        if compared is None:
            return False
        matched = compared.authenticate(envelope_of(Request(scope)))
        return is_webhook and asked is not None and matched is not None


class Gate:
    """ASGI middleware that answers strangers itself; `refused` is told of each of them."""

    def __init__(self, app: ASGIApp, door: Door, refused: Callable[[Scope], None]) -> None:
        self.app = app
        self.door = door
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            is_let_in = self.door.lets_in(scope)
            tell_little(scope)
            if is_let_in:
                await self.app(scope, receive, send)
            else:
                await UNKNOWN(scope, receive, send)
                self.refused(scope)
        else:
            await self.app(scope, receive, send)


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
