"""A place for a round with only the provider and the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session
from temporalio.client import Client
from typing_extensions import override

from db.engine import Database, open_engine
from db.tables import EventRow, RequestRow
from embedded.stack import Stack, StackPlan
from fakes.postmark import Accepted, FakePostmark
from tests.db.rows import BUYER, mint, sale_of
from tests.torture.shops import SHOP
from torture.database import RoundDatabase
from torture.run import Arena
from torture.traffic import sender_client

NOBODY = "127.0.0.1:1"


class IdleStack(Stack):
    @override
    async def api_is_ready(self) -> bool | None:
        return True


@asynccontextmanager
async def idle_arena(folder: Path, store: RoundDatabase) -> AsyncIterator[Arena]:
    store.prepare()
    database = Database(open_engine(store.url))
    client = await Client.connect(NOBODY, lazy=True)
    stack = IdleStack(StackPlan(folder, 1, 1, 1, {}))
    async with FakePostmark() as postmark, sender_client() as http:
        yield Arena(folder, store, stack, postmark, database, client, http, SHOP)
    database.dispose()


def mail_of(delivery_id: int, to: str = BUYER) -> Accepted:
    message = {"To": to, "Metadata": {"delivery": str(delivery_id)}}
    return Accepted("id", message, datetime.now(UTC))


def sold_before(session: Session) -> int:
    """Store the rows of a sale from an earlier round. Return its delivery."""
    delivery_id = mint(session, sale_of("torture-0-sale")).delivery_id
    session.execute(update(EventRow).values(outcome="fulfilled"))
    assert delivery_id is not None
    return delivery_id


def sold_now(session: Session) -> int:
    """Store the rows of a sale of this round. Return its delivery."""
    delivery_id = mint(session, sale_of("torture-1-sale")).delivery_id
    session.execute(update(EventRow).values(outcome="fulfilled"))
    session.execute(update(RequestRow).values(body=b"url_params[mark]=1"))
    assert delivery_id is not None
    return delivery_id
