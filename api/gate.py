"""Who gets in: decided before routing, by the same work for whatever path is asked for."""

from collections.abc import Mapping, Sequence
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
"""In bytes. A genuine request has a tenth of each."""

UNKNOWN = JSONResponse({"detail": "Not Found"}, 404)
"""What an unknown path gets, and so every stranger."""

WEBHOOKS = "/webhooks/"
PORTS = range(65_536)


class Door:
    """Tells who is let in. `open_routes` are for everybody; it gets them once the app starts."""

    def __init__(self, storefronts: Mapping[str, Storefront]) -> None:
        self.storefronts = storefronts
        self.open_routes: Sequence[BaseRoute] = ()

    def lets_in(self, scope: Scope) -> bool:
        if is_too_long(scope):
            return False
        # Both are asked of every request: by its time, too, an answer must not tell which path
        # exists.
        is_friend = self._knows(scope)
        is_open = [route.matches(scope)[0] is Match.FULL for route in self.open_routes]
        return is_friend or any(is_open)

    def _knows(self, scope: Scope) -> bool:
        path = scope["path"].removeprefix(scope["root_path"])
        is_webhook = scope["method"] == "POST" and path.startswith(WEBHOOKS)
        asked = self.storefronts.get(path.removeprefix(WEBHOOKS))
        # Where the path is nobody's, another's secret is compared for nothing.
        compared = asked or next(iter(self.storefronts.values()), None)
        if compared is None:
            return False
        matched = compared.authenticate(envelope_of(Request(scope)))
        return is_webhook and asked is not None and matched is not None


class Gate:
    """ASGI middleware that turns strangers away."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            app = self.app if self.door.lets_in(scope) else UNKNOWN
            tell_little(scope)
            await app(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_too_long(scope: Scope) -> bool:
    # As on the wire: a colon, a blank and a line break go with each.
    headers = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return (
        len(scope["method"]) > LONGEST_METHOD
        or len(scope["raw_path"]) > LONGEST_PATH
        or len(scope["query_string"]) > LONGEST_QUERY
        or headers > LARGEST_HEADERS
    )


def tell_little(scope: Scope) -> None:
    """Leave to the log a method and a path that end, and an address where it takes one."""
    scope["method"] = scope["method"][: LONGEST_METHOD + 1]
    scope["path"] = scope["path"][: LONGEST_PATH + 1]
    if scope["client"] is not None:
        scope["client"] = plain_address(*scope["client"])


def plain_address(host: str, port: int) -> tuple[str, int]:
    """Return an address and nothing else: a proxy repeats what it is told."""
    # The zone of a local address may be any text.
    host = host.partition("%")[0]
    try:
        ip_address(host)
    except ValueError:
        return "unknown", 0
    return host, port if port in PORTS else 0
