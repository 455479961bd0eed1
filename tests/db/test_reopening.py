"""A mint refuses, and a reversal comes between the mint and its close: the order is minted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.applying import NewFacts, apply_event
from db.engine import Database
from db.events import load_event
from db.facts import keep_facts
from db.minting import mint_license
from db.reopening import refuse_order
from db.sales import save_sale
from domain.facts import Dispute
from tests.db.rows import NOON, license_of, sale_of, store_event

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

OPEN = Dispute("order-1", NOON, "open", "dispute-1")
WON = Dispute("order-1", NOON + timedelta(days=1), "won", "dispute-1")
REFUSED = "ignored:disputed"
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@dataclass(frozen=True, slots=True)
class Order:
    """A sale that the mint has refused because of an open dispute, and the event that ends it."""

    database: Database
    sale_event: int
    won_event: int

    def refuse(self, session: Session) -> int | None:
        return refuse_order(session, self.sale_event, REFUSED, NOON)

    def win(self, session: Session) -> str:
        new = NewFacts(self.won_event, "dispute_won", "gumroad", (WON,))
        return apply_event(session, new, NOON).outcome

    def wait_for_lock(self) -> None:
        """Wait until a transaction waits for another one's lock."""
        deadline = monotonic() + 30
        while not self.database.read_here(lambda session: session.execute(WAITING).scalar_one()):
            assert monotonic() < deadline, "no transaction waits"


@pytest.fixture
def order(database: Database) -> Order:
    sale = sale_of()
    sale_event = database.write_here(store_event)
    sale_id = database.write_here(save_sale, sale_event, sale, NOON)
    dispute = database.write_here(store_event, "order-1", "dispute")
    database.write_here(keep_facts, dispute, "gumroad", (OPEN,))
    new = license_of(sale_id, event_id=sale_event)
    assert database.write_here(mint_license, sale, new, NOON) == "disputed"
    return Order(database, sale_event, database.write_here(store_event, "order-1", "dispute_won"))


def interleaved(
    order: Order, first: Callable[[Session], object], second: Callable[[Session], object]
) -> tuple[object, object]:
    """Run both; the first commits only when the second waits for its lock."""
    done = Event()

    def hold(session: Session) -> object:
        result = first(session)
        done.set()
        order.wait_for_lock()
        return result

    with ThreadPoolExecutor(2) as threads:
        holds = threads.submit(order.database.write_here, hold)
        assert done.wait(30)
        follows = threads.submit(order.database.write_here, second)
        return holds.result(), follows.result()


def test_reversal_that_comes_while_the_refusal_is_closed_opens_the_sale_again(
    order: Order,
) -> None:
    settled, _ = interleaved(order, order.refuse, order.win)
    assert settled == 1
    event = order.database.read_here(load_event, order.sale_event)
    assert (event.outcome, event.dispatched_at) == (None, None)


def test_refusal_that_closes_while_the_reversal_comes_asks_the_mint_again(order: Order) -> None:
    _, settled = interleaved(order, order.win, order.refuse)
    assert settled is None
    assert order.database.read_here(load_event, order.sale_event).outcome is None
