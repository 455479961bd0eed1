"""The paths for apps are found by their first word, and only whole matches count."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from api.online.app_routes import AppRoutes


async def nothing(_request: Request) -> Response:
    return Response()


ROUTES = AppRoutes(
    [
        Route("/v1/validate", nothing, methods=["POST"]),
        Route("/polar/{key}", nothing, methods=["POST"], name="by key"),
        Route("/polar/{key}", nothing, methods=["DELETE"], name="gone"),
    ]
)


def found(method: str, path: str, root: str = "", kind: str = "http") -> str | None:
    """Return the name of the route that was found."""
    scope: dict[str, Any] = {"type": kind, "method": method, "path": path, "root_path": root}
    match, child = ROUTES.matches(scope)
    assert match in {Match.FULL, Match.NONE}
    return child["mintpost.route"].name if match is Match.FULL else None


@pytest.mark.parametrize(
    ("method", "path", "root", "name"),
    [
        ("POST", "/v1/validate", "", "nothing"),
        ("POST", "/polar/abc", "", "by key"),
        ("DELETE", "/polar/abc", "", "gone"),
        ("POST", "/mint/v1/validate", "/mint", "nothing"),
        ("GET", "/v1/validate", "", None),
        ("PUT", "/polar/abc", "", None),
        ("POST", "/v1/validate/", "", None),
        ("POST", "/v1", "", None),
        ("POST", "v1/validate", "", None),
        ("POST", "", "", None),
        ("POST", "/other/abc", "", None),
    ],
)
def test_a_path_is_found_by_its_method(method: str, path: str, root: str, name: str | None) -> None:
    assert found(method, path, root) == name


def test_a_websocket_finds_nothing() -> None:
    assert found("POST", "/v1/validate", kind="websocket") is None
