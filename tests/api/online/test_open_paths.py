"""The paths for apps are open to every origin, and no other path is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp

from api.gate import Gate
from api.online.app_routes import AppRoutes
from api.online.dialects.registry import DIALECTS
from api.paths import is_of_apps, loggable
from api.server import BoundServer
from db.engine import Database
from tests.api.raw_http import exchange, request, status
from tests.support.online import Given, OnlineApi, online_api

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OWN = ("/v1/validate", "/v1/activate", "/v1/deactivate")
ASKED = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
CORS = "access-control-allow-origin"


@pytest.mark.parametrize("path", OWN)
async def test_a_browser_may_ask_from_any_page(apps: OnlineApi, path: str) -> None:
    allowed = await apps.http.options(path, headers=ASKED)
    assert (allowed.status_code, allowed.content) == (204, b"")
    assert allowed.headers[CORS] == "*"
    assert allowed.headers["access-control-allow-methods"] == "POST"
    assert allowed.headers["access-control-allow-headers"] == "*, Authorization"
    answer = await apps.http.post(path, json={"key": "x", "device": "d"}, headers=ASKED)
    assert (answer.status_code, answer.headers[CORS]) == (200, "*")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_other_methods_and_spellings_are_the_unknown_path(apps: OnlineApi) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        unknown = await exchange(apps.url, request(method, "/no/such/path"))
        assert status(unknown) == 404
        for path in OWN:
            assert await exchange(apps.url, request(method, path)) == unknown
    unknown = await exchange(apps.url, request("POST", "/no/such/path"))
    for path in ("/v1/validate/", "/V1/validate", "/v1//validate", "/v1/validated", "/v1"):
        assert await exchange(apps.url, request("POST", path)) == unknown


async def test_a_dialect_that_is_off_is_the_unknown_path(apps: OnlineApi) -> None:
    unknown = await exchange(apps.url, request("POST", "/no/such/path"))
    for path in (
        "/gumroad/v2/licenses/verify",
        "/lemonsqueezy/v1/licenses/validate",
        "/polar/v1/customer-portal/license-keys/validate",
        "/keygen/v1/licenses/actions/validate-key",
    ):
        assert await exchange(apps.url, request("POST", path)) == unknown


def app_of(served: ASGIApp) -> FastAPI:
    assert isinstance(served, BoundServer)
    assert isinstance(served.app, Gate)
    assert isinstance(served.app.app, FastAPI)
    return served.app.app


def routes_in(router: APIRouter) -> Iterator[Route]:
    """Yield every route, also those of the routers inside, in a private class of FastAPI."""
    for each in router.routes:
        if isinstance(each, Route):
            yield each
        elif isinstance(each, AppRoutes):
            yield from each.routes
        else:
            yield from routes_in(vars(each)["original_router"])


async def test_no_other_path_is_open_to_other_origins(database: Database, tmp_path: Path) -> None:
    async with online_api(database, tmp_path, Given(dialects=tuple(DIALECTS))) as apps:
        seen = set()
        for route in routes_in(app_of(apps.app).router):
            path = re.sub("{[^}]*}", "x", route.path)
            seen.add(path)
            for method in route.methods or ():
                answer = await apps.http.request(method, path, headers=ASKED)
                assert (CORS in answer.headers) == is_of_apps(path), (method, path)
            if is_of_apps(path):
                assert loggable(path, frozenset()) == path.replace("/x", "/...")
        assert {"/healthz", "/readyz", "/.well-known/jwks.json", *OWN} <= seen
