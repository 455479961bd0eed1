"""An API with a spool, and questions that tests ask about both."""

from datetime import timedelta
from pathlib import Path

from api.assembling import ApiParts
from db.engine import Database
from db.requests import NewRequest
from relay.drainer import Drainer
from relay.spool import SET_ASIDE, UNFINISHED, WAITING, Spool
from relay.store import StorePatience
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request, status
from tests.support.outages import connect_to_nothing
from tests.support.running import QUICK_PAUSES, UNHURRIED
from tests.support.stored import stored_requests
from tests.support.waiting import until

HURRIED = StorePatience(database=timedelta(milliseconds=50), spool=UNHURRIED.spool)
"""For a database that hangs. The file's timeout is long enough for every machine."""


def parts(database: Database, spool: Spool, patience: StorePatience = UNHURRIED) -> ApiParts:
    return ApiParts(
        database,
        {"gumroad": Gumroad(("right",))},
        connect_to_nothing,
        spool,
        pauses=QUICK_PAUSES,
        patience=patience,
    )


def post(body: bytes, *, known: bool = True) -> bytes:
    form = "Content-Type: application/x-www-form-urlencoded"
    query = f"secret={'right' if known else 'wrong'}"
    return request("POST", f"/webhooks/gumroad?{query}", form, body=body)


async def send(url: str, body: bytes) -> int:
    return status(await exchange(url, post(body)))


def spooled(spool: Spool) -> list[NewRequest]:
    return [spool.read(file) for file in spool.files()]


def names(folder: Path) -> set[str]:
    """Return the suffixes of the files in the folder."""
    return {file.suffix for file in folder.iterdir()} & {WAITING, SET_ASIDE, UNFINISHED}


async def drained(spool: Spool, database: Database) -> list[NewRequest]:
    """Wait until the spool is empty. Return all requests in order of their events' ids."""

    async def empty() -> bool | None:
        return None if spool.files() else True

    await until(empty, "the spool is empty")
    return await database.read(stored_requests)


def drainer(spool: Spool, database: Database) -> Drainer:
    return Drainer(spool, database, lambda: None, pauses=QUICK_PAUSES)
