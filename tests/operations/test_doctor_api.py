"""Doctor's lines about the running API, asked over real HTTP."""

from collections.abc import Sequence

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.unset_secrets import unset_secrets
from db.signing_keys import KnownKey, remember_key
from domain.findings import Finding, Level
from operations.doctor.api import ITS_PLACE, ApiCheck
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import NOON
from tests.support.running import Setup, running
from tests.support.serving import serving

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = KnownKey("the-workers-kid", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")


async def findings(url: str, kid: str | None = None) -> Sequence[Finding]:
    found = await ApiCheck(url, kid).findings()
    assert all(each.remedy for each in found if each.level in {Level.WARNING, Level.BROKEN})
    return found


@ON_SQLITE
async def test_a_ready_api_with_the_workers_key_is_ok(setup: Setup) -> None:
    setup.with_worker = False
    setup.database.write_here(remember_key, KEY, NOON)
    async with running(setup) as web:
        ours = await findings(web.url, KEY.kid)
        other = await findings(web.url, "another-kid")

    assert [(each.cause, each.level) for each in ours] == [("api", Level.OK), ("jwks", Level.OK)]
    assert ours[0].sentence == f"api: it answers at {web.url}"
    assert (other[-1].cause, other[-1].level) == ("jwks", Level.BROKEN)
    assert "not the worker's (another-kid)" in other[-1].sentence


def serves(ready: dict[str, object] | None) -> Starlette:
    async def readyz(_: Request) -> Response:
        return PlainTextResponse("hello") if ready is None else JSONResponse(ready)

    async def jwks(_: Request) -> Response:
        return JSONResponse({"keys": [{"kid": KEY.kid}]})

    return Starlette(routes=[Route("/readyz", readyz), Route("/.well-known/jwks.json", jwks)])


async def test_what_the_api_lacks_is_broken_and_its_warnings_are_told_once() -> None:
    ready: dict[str, object] = {
        "ready": False,
        "temporal": "Temporal has no such namespace (NOT_FOUND): create it",
        "spool": "requests: 1 waiting for the database",
        "workers": {"activities": None},
        "warnings": [
            "worker: nobody asks Temporal for activities: Start it with `python worker.py`",
            "gumroad: 3 calls were refused, probably for a secret. Try `mintpost smoke`",
        ],
    }
    async with serving(serves(ready)) as url:
        found = await findings(url)

    assert [(each.level, each.sentence, each.remedy) for each in found[:-1]] == [
        (
            Level.BROKEN,
            "api: temporal: Temporal has no such namespace (NOT_FOUND): create it",
            ITS_PLACE,
        ),
        (Level.WARNING, "api: spool: requests: 1 waiting for the database", ITS_PLACE),
        (
            Level.WARNING,
            "api: gumroad: 3 calls were refused, probably for a secret",
            "Try `mintpost smoke`",
        ),
    ]


async def test_a_shop_that_sells_without_a_secret_is_broken_because_its_sales_are_lost() -> None:
    shops = {"gumroad": Gumroad(())}
    told = [each.sentence for each in unset_secrets(shops, {"gumroad"})]
    async with serving(serves({"ready": True, "warnings": told})) as url:
        _, unset, _ = await findings(url)

    assert unset.level is Level.BROKEN
    assert unset.sentence.startswith("api: gumroad: GUMROAD_WEBHOOK_SECRET is not set")
    assert str(unset.remedy).startswith("make one with `openssl rand -hex 24`")


async def test_something_else_at_the_address_and_nothing_are_broken() -> None:
    async with serving(serves(None)) as url:
        (other,) = await findings(url)
    (nothing,) = await findings(url)

    assert (other.level, "something else than Mintpost" in other.sentence) == (Level.BROKEN, True)
    assert (nothing.level, "(ConnectError)" in nothing.sentence) == (Level.BROKEN, True)
