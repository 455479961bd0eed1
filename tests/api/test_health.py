"""The answers for load balancers and for apps that check licenses."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import URL, text
from temporalio.client import Client

from api.assembling import ApiParts
from api.health import Health, health_routes
from db.engine import Database, open_engine
from db.signing_keys import KnownKey, remember_key
from embedded.ports import NO_TLS
from kit.temporal_outages import OUTAGES
from relay.spool import SET_ASIDE, Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request
from tests.db.rows import NOON
from tests.support.outages import connect_to_nothing, database_away
from tests.support.running import Mintpost, Setup, running, running_api
from tests.support.serving import serving

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEYS = [KnownKey("first", "AAAA"), KnownKey("second", "BBBB")]


async def readiness(url: str) -> tuple[int, dict[str, object]]:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        answer = await http.get(f"{url}/readyz")
    return answer.status_code, answer.json()


@ON_SQLITE
async def test_ready_when_database_and_temporal_are(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as started:
        code, answer = await readiness(started.url)
    assert (code, answer["ready"]) == (200, True)


@ON_SQLITE
async def test_liveness_ignores_outages(web: Mintpost) -> None:
    answer = await web.http.get(f"{web.url}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@ON_SQLITE
async def test_not_ready_names_temporal(web: Mintpost) -> None:
    trouble = OUTAGES["CLOSED"]
    answer = {"ready": False, "temporal": trouble, "warnings": []}
    assert await readiness(web.url) == (503, answer)


async def test_not_ready_names_a_database_that_is_away(
    database_url: URL, client: Client, tmp_path: Path
) -> None:
    async def connect() -> Client:
        return client

    database = Database(open_engine(database_url, patience_seconds=0.1))
    async with running_api(ApiParts(database, {}, connect, Spool(tmp_path / "spool"))) as url:
        with database_away(database_url):
            code, troubles = await readiness(url)
    database.dispose()
    assert code == 503
    assert set(troubles) == {"ready", "database", "warnings", "pollers"}
    assert str(troubles["database"]).startswith("the database cannot be used right now")


@ON_SQLITE
async def test_not_ready_names_the_command_for_an_older_database(
    database: Database, client: Client, tmp_path: Path
) -> None:
    async def connect() -> Client:
        return client

    database.write_here(lambda session: session.execute(text("DELETE FROM alembic_version")))
    parts = ApiParts(database, {"gumroad": Gumroad(())}, connect, Spool(tmp_path / "spool"))
    async with running_api(parts) as url:
        code, troubles = await readiness(url)
    assert (code, set(troubles)) == (503, {"ready", "database", "warnings", "pollers"})
    assert "mintpost migrate" in str(troubles["database"])


@ON_SQLITE
async def test_spooled_requests_are_told_and_take_nobody_out_of_rotation(setup: Setup) -> None:
    setup.with_worker = False
    # A folder stays in the spool; a file would soon become a row.
    (setup.folder / "spool" / "a-folder.json").mkdir(parents=True)
    (setup.folder / "spool" / f"garbage{SET_ASIDE}").touch()
    async with running(setup) as started:
        told = "requests: 1 waiting for the database, 1 set aside, the log says why"
        code, answer = await readiness(started.url)
    assert (code, answer["ready"], answer["spool"]) == (200, True, told)


@ON_SQLITE
async def test_spool_that_cannot_be_is_told_and_takes_nobody_out_of_rotation(setup: Setup) -> None:
    setup.with_worker = False
    (setup.folder / "spool").touch()
    async with running(setup) as started:
        told = "cannot be used (File exists): a request will need the database"
        code, answer = await readiness(started.url)
    assert (code, answer["ready"], answer["spool"]) == (200, True, told)


@ON_SQLITE
async def test_jwks_serves_every_public_key_ever_used(web: Mintpost) -> None:
    for key in KEYS:
        await web.database.write(remember_key, key, NOON)
    answer = await web.http.get(f"{web.url}/.well-known/jwks.json")
    assert answer.status_code == 200
    found = {(key["kid"], key["x"], key["kty"], key["crv"]) for key in answer.json()["keys"]}
    assert found == {(key.kid, key.x, "OKP", "Ed25519") for key in KEYS}
    assert "max-age" in answer.headers["cache-control"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_jwks_of_a_database_that_hangs_is_answered_in_time(
    database: Database, tmp_path: Path
) -> None:
    client, spool = await connect_to_nothing(), Spool(tmp_path / "spool")
    app = FastAPI()
    app.include_router(health_routes(Health(database, client, spool, timedelta(milliseconds=50))))
    async with (
        serving(app) as url,
        httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http,
    ):
        with database.engine.begin() as locking:
            locking.execute(text("LOCK TABLE signing_keys IN ACCESS EXCLUSIVE MODE"))
            answer = await http.get(f"{url}/.well-known/jwks.json")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "the keys cannot be read right now"}


@ON_SQLITE
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/.well-known/jwks.json"])
async def test_head_is_answered_as_get_is_without_the_body(web: Mintpost, path: str) -> None:
    got, headed = [await exchange(web.url, request(method, path)) for method in ("GET", "HEAD")]
    head, _, body = got.partition(b"\r\n\r\n")
    assert headed == head + b"\r\n\r\n"
    assert f"content-length: {len(body)}".encode() in head
    assert body
