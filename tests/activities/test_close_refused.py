"""A fact that takes a refusal away while the refused order is closed."""

import pytest

from activities.close import Close
from db.applying import NewFacts, apply_event
from db.engine import Database
from db.facts import keep_facts
from db.sales import save_sale
from domain.event import EventKind
from domain.facts import Dispute
from reading.settling import Settling
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import NOON, sale_of, store_event, told
from workflows.steps import OrderToClose

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WON = (Dispute("order-1", NOON, "won"),)


@ON_SQLITE
async def test_refused_order_stays_open_if_its_dispute_is_won_before_the_close_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale, won = (database.write_here(store_event, kind=kind) for kind in ("sale", "dispute_won"))
    database.write_here(save_sale, sale, sale_of(), NOON)
    database.write_here(keep_facts, sale, "gumroad", [Dispute("order-1", NOON, "open")])
    to_settle = Settling.close_copies

    async def win_and_settle(settling: Settling, *order: object) -> int:
        new = NewFacts(won, EventKind.DISPUTE_WON, "gumroad", WON)
        await database.write(apply_event, new, NOON)
        return await to_settle(settling, *order)  # type: ignore[arg-type]

    monkeypatch.setattr(Settling, "close_copies", win_and_settle)
    close = Close(database, {"gumroad": Gumroad()}, lambda: NOON)
    await close.close(OrderToClose(sale, "ignored:disputed"))
    assert database.read_here(told, sale)[0] is None
