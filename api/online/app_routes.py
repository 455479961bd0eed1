"""Finds the path that an app asks by its first word."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send
from typing_extensions import override

FOUND = "mintpost.route"


class AppRoutes(BaseRoute):
    """The public paths for apps, as one route.

    The gate and the app both match each request, also each webhook. The paths of all dialects, one
    after the other, would take longer than the rest of a short answer.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._by_word: dict[str, list[Route]] = {}
        for route in self.routes:
            self._by_word.setdefault(_first_word(route.path), []).append(route)

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        for route in self._by_word.get(_first_word(path), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, FOUND: route}
        return Match.NONE, {}

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope[FOUND]
        await route.handle(scope, receive, send)


def _first_word(path: str) -> str:
    return path[1:].partition("/")[0]
