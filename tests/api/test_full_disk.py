"""A full disk takes neither row nor file, and /readyz says so before a request is lost."""

import resource
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL
from temporalio.client import Client

from api.assembling import ApiParts
from db.engine import Database, open_engine
from embedded.ports import HOST, NO_TLS, free_ports
from relay.free_space import ENOUGH, FreeSpace
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.support.outages import read_only
from tests.support.processes import Running, start
from tests.support.running import QUICK_PAUSES, SECRET, running_api
from tests.support.small_disk import mounted
from tests.support.spooling import send
from tests.support.waiting import until

FULL = "No space left on device"
TOO_LARGE = "File too large"


async def readiness(url: str) -> tuple[int, dict[str, str]]:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        answer = await http.get(f"{url}/readyz")
    return answer.status_code, answer.json()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "small", "2m"):
        yield tmp_path / "small"


def fill(folder: Path) -> Path:
    """Write until the disk is full."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return filler


@pytest.fixture
async def web(sqlite: URL, small_disk: Path, client: Client) -> AsyncIterator[str]:
    async def connect() -> Client:
        return client

    shutil.copyfile(str(sqlite.database), small_disk / "mintpost.db")
    database = Database(open_engine(URL.create("sqlite", database=f"{small_disk}/mintpost.db")))
    storefronts = {"gumroad": Gumroad(("right",))}
    parts = ApiParts(
        database,
        storefronts,
        connect,
        Spool(small_disk / "spool"),
        task_queue="nobody",
        pauses=QUICK_PAUSES,
    )
    async with running_api(parts) as url:
        yield url
    database.dispose()


async def test_a_full_disk_is_told_before_a_request_is_lost_and_forgotten_when_there_is_room(
    web: str, small_disk: Path
) -> None:
    assert (await readiness(web))[0] == 200
    filler = fill(small_disk)

    async def told() -> tuple[int, dict[str, str]] | None:
        code, answer = await readiness(web)
        return (code, answer) if code == 503 and "spool" in answer else None

    _, answer = await until(told, "it is not ready")
    assert f"the database cannot be written ({FULL})" in answer["database"]
    assert answer["spool"] == f"cannot be written ({FULL}): a request will need the database"
    assert await send(web, bytes(100_000)) == 503
    filler.unlink()

    async def is_ready() -> bool | None:
        return (await readiness(web))[0] == 200 or None

    await until(is_ready, "it is ready again")
    assert await send(web, b"sale_id=there-is-room") == 200
    code, answer = await readiness(web)
    assert (code, "database" in answer, "spool" in answer) == (200, False, False)


def test_a_spool_that_is_full_alone_leaves_a_way(small_disk: Path) -> None:
    fill(small_disk)
    assert (
        Spool(small_disk).state() == f"cannot be written ({FULL}): a request will need the database"
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_takes_no_row_beside_a_spool_that_takes_no_file_is_told(
    database: Database, tmp_path: Path, client: Client
) -> None:
    async def connect() -> Client:
        return client

    storefronts = {"gumroad": Gumroad(("right",))}
    (tmp_path / "spool").touch()
    parts = ApiParts(database, storefronts, connect, Spool(tmp_path / "spool"), "nobody")
    async with running_api(parts) as url:
        # The database can be read, so only the failed row shows the problem.
        with read_only(database.engine.url):
            assert await send(url, b"sale_id=read-only-for-now") == 503
            code, answer = await readiness(url)

        async def taken() -> bool | None:
            return await send(url, b"sale_id=written-again") == 200 or None

        await until(taken, "a request is taken again")
        assert (await readiness(url))[0] == 200
    assert code == 503
    assert "(ReadOnlySqlTransaction, 25006)" in answer["database"]
    assert "; and the spool cannot be used (File exists)" in answer["database"]


def test_a_look_for_room_leaves_nothing_behind(tmp_path: Path) -> None:
    assert FreeSpace(tmp_path).trouble() is None
    assert list(tmp_path.iterdir()) == []
    assert FreeSpace(tmp_path / "nowhere").trouble() == "No such file or directory"


@pytest.fixture(scope="module")
async def limited(
    sqlite: URL, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Running, str]]:
    """Start one process for all tests. Each test restores its right to write files."""
    folder = tmp_path_factory.mktemp("limited")
    shutil.copyfile(str(sqlite.database), folder / "mintpost.db")
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
    environment = {
        "DATA_DIR": str(folder),
        "GUMROAD_WEBHOOK_SECRET": SECRET,
        "TEMPORAL_ADDRESS": f"{HOST}:1",
    }
    options = ["--host", HOST, "--port", str(port)]
    async with start(*command, *options, folder=folder, environment=environment) as process:
        await process.says("Uvicorn running on")
        yield process, f"http://{HOST}:{port}"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits a process from outside")
@pytest.mark.parametrize("limit", [1, len(ENOUGH) - 1], ids=["nothing", "less-than-a-row-of-some"])
async def test_a_process_that_may_write_no_file_says_so(
    limited: tuple[Running, str], limit: int
) -> None:
    process, url = limited
    assert set((await readiness(url))[1]) == {"ready", "temporal", "warnings"}
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (limit, hard))

    async def told() -> dict[str, str] | None:
        code, answer = await readiness(url)
        said = answer.get("database", "")
        is_told = TOO_LARGE in said or "a part of a file" in said
        return answer if code == 503 and is_told and "spool" in answer else None

    answer = await until(told, "it is not ready, and why")
    assert answer["spool"].startswith("cannot be written (")
    resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    async def mended() -> bool | None:
        return set((await readiness(url))[1]) == {"ready", "temporal", "warnings"} or None

    await until(mended, "only Temporal is away")
