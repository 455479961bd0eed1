"""`mintpost show` tells the life of a license: its history, its keys and the seller's acts."""

import asyncio
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.facts import keep_facts
from db.further_keys import add_further_key
from db.history import keep_change
from db.sales import save_sale
from db.tables import EventRow
from domain.event import OPERATOR, EventKind, Origin
from domain.facts import Act, SubscriptionState
from domain.license import LicenseReason, LicenseStatus
from domain.lifecycle import Life
from tests.db.rows import NOON, license_of, mint as mint_sale, minted, sale_of, store_event
from tests.support.commanding import Run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

END = datetime(2099, 9, 1, 23, 59, 59, tzinfo=UTC)
ACTIVE = Life(LicenseStatus.ACTIVE, None, END, None, None, "pro", 2, "product-1", "Lumen", "0" * 64)
REVOKED = replace(ACTIVE, status=LicenseStatus.REVOKED, reason=LicenseReason.REFUNDED)
BY_HAND = {"source": OPERATOR, "origin": Origin.OPERATOR}
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
FURTHER = "9F86D081-884C7D65"


@dataclass(frozen=True, slots=True)
class Books:
    """A license with a further key, revoked by a refund and restored by the seller."""

    database: Database
    key: str
    refund: int
    act: int


def act_on(session: Session, order_id: str) -> int:
    event_id = store_event(session, None, EventKind.RESTORE)
    session.execute(update(EventRow).filter_by(id=event_id).values(**BY_HAND))
    restore = Act(order_id, NOON, EventKind.RESTORE, "ada", "we are friends")
    keep_facts(session, event_id, "gumroad", [restore])
    return event_id


@pytest.fixture
def books(clean: pytest.MonkeyPatch, database: Database) -> Books:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")

    def live(session: Session) -> Books:
        sold = mint_sale(session, sale_of(subscription_id="membership")).license
        refund = store_event(session, sold.order_id, "refund")
        act = act_on(session, sold.order_id)
        keep_change(session, sold.id, refund, ACTIVE, REVOKED, NOON)
        keep_change(session, sold.id, act, REVOKED, ACTIVE, NOON)
        add_further_key(session, sold.id, None, FURTHER, NOON)
        return Books(database, sold.key, refund, act)

    return database.write_here(live)


async def shown(mint: Run, text: str) -> Any:  # noqa: ANN401 - what JSON can say
    answer = await asyncio.to_thread(mint, "show", text, "--json")
    assert answer.err == ""
    return json.loads(answer.out)


async def test_history_is_told_as_sentences(books: Books, mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "show", "gumroad:order-1", terminal=80)
    lines = [line.rstrip() for line in ESCAPES.sub("", answer.out).splitlines()]
    history = lines[lines.index("history") + 1 :]
    assert history[1:3] == [
        f"2026-09-01 12:00 UTC  revoked (refunded), by event {books.refund}",
        f"2026-09-01 12:00 UTC  active again, by event {books.act}",
    ]
    assert max(map(len, lines)) <= 80


async def test_history_is_json_of_the_order_and_of_its_license(books: Books, mint: Run) -> None:
    whole = await shown(mint, "gumroad:order-1")
    restored, revoked, minted = whole["history"]
    assert whole["licenses"][0]["history"] == whole["history"]
    assert (minted["before"], minted["after"]["status"]) == (None, "active")
    assert (revoked["event_id"], revoked["at"]) == (books.refund, "2026-09-01T12:00:00Z")
    assert revoked["after"] == restored["before"]
    assert revoked["after"]["reason"] == "refunded"
    assert restored["sentence"] == f"active again, by event {books.act}"


async def test_acts_and_cancellations_stand_among_the_events(books: Books, mint: Run) -> None:
    def cancel(session: Session) -> int:
        event_id = store_event(session, None, "cancellation")
        ends = SubscriptionState("membership", NOON, renews=False)
        keep_facts(session, event_id, "gumroad", [ends])
        stranger = store_event(session, None, "cancellation")
        keep_facts(session, stranger, "gumroad", [replace(ends, subscription_id="another")])
        return event_id

    cancellation = books.database.write_here(cancel)
    whole = await shown(mint, "gumroad:order-1")
    assert [each["id"] for each in whole["events"]] == [cancellation, books.act, books.refund, 1]
    assert whole["events"][1]["source"] == OPERATOR
    assert whole["workflow"]["id"] == "gumroad:order-1"


async def test_charge_is_shown_with_the_license_of_its_membership(books: Books, mint: Run) -> None:
    def charge(session: Session) -> None:
        sale = sale_of("charge-2", "membership")
        event = store_event(session, sale.order_id, "recurring_charge")
        minted(session, sale, license_of(save_sale(session, event, sale, NOON)))

    books.database.write_here(charge)
    whole = await shown(mint, "gumroad:charge-2")
    (license_,) = whole["licenses"]
    assert (license_["order_id"], len(license_["history"])) == ("order-1", 3)
    assert [each["order_id"] for each in whole["sales"]] == ["charge-2"]
    answer = await asyncio.to_thread(mint, "show", "gumroad:charge-2", terminal=80)
    assert re.search(r"order id +order-1", ESCAPES.sub("", answer.out))


@pytest.mark.usefixtures("books")
async def test_license_is_shown_by_any_of_its_keys(books: Books, mint: Run) -> None:
    for key in (books.key, FURTHER, FURTHER.lower().replace("-", " ")):
        whole = await shown(mint, key)
        assert whole["order"] == "gumroad:order-1"
        assert [each["key"] for each in whole["further_keys"]] == [FURTHER]


async def test_license_that_the_seller_gave_is_shown(books: Books, mint: Run) -> None:
    def give(session: Session) -> None:
        mint_sale(session, replace(sale_of("gift-1"), source=OPERATOR), "ACDE-FGHJ-KMNP-QRTV")
        session.execute(update(EventRow).filter_by(order_id="gift-1").values(**BY_HAND))

    books.database.write_here(give)
    for name in ("operator:gift-1", "gift-1", "ACDE-FGHJ-KMNP-QRTV"):
        whole = await shown(mint, name)
        assert (whole["order"], len(whole["licenses"])) == ("operator:gift-1", 1)
