"""Each recorded ping that is no sale, with its outcome and the license after it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import LicenseRow
from domain.lifecycle import Life
from tests.support.lives import lives
from tests.support.pings import changed, recorded
from tests.support.running import PRODUCTS, Mintpost, Setup
from tests.support.stepping import stepping

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MEMBERSHIPS = f"""\
{PRODUCTS}
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="
    tier: studio
    months: 1
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="
    variant: {{Tier: Agency}}
    tier: agency
    months: 1
"""
# The license lasts for a year from June 1, 2026, because the frequency of the payment counts.
YEARLY = changed(recorded("05"), recurrence="yearly")
STOPS = "goes on until {} and does not renew"
ENDS = "ends 2026-08-01 and does not renew"


@dataclass(frozen=True, slots=True)
class Told:
    """The events after a sale, and the outcome, note and license that the last one brings.

    `state` is status, reason and end.
    """

    sale: bytes
    events: tuple[str, ...]
    note: str | None
    state: str
    renews: bool | None = None
    plan: str = "core"
    outcome: str = "applied"


def once(number: str, event: str, note: str | None, state: str, plan: str = "core") -> Told:
    return Told(recorded(number), (event,), note, state, plan=plan)


def member(
    events: str, note: str | None, state: str, *, renews: bool, plan: str = "studio"
) -> Told:
    return Told(YEARLY, tuple(events.split()), note, state, renews, plan)


TOLD = {
    "whole refund": once("01", "12", "revoked (refunded)", "revoked refunded 2027-09-01"),
    "dispute": once("02", "14", "suspended (disputed)", "suspended disputed 2027-09-01"),
    "dispute won": replace(
        once("02", "14", "active again", "active None 2027-09-01"), events=("14", "15")
    ),
    "partial refund": replace(
        once("04", "13", None, "active None 2028-09-01", "pro"), outcome="noted:partial_refund"
    ),
    "cancellation by the buyer": member(
        "16", STOPS.format("2027-06-01"), "active None 2027-06-01", renews=False
    ),
    "cancellation by the seller": member(
        "17", STOPS.format("2027-06-01"), "active None 2027-06-01", renews=False
    ),
    "cancellation after a payment failure": member(
        "18", STOPS.format("2027-06-01"), "active None 2027-06-01", renews=False
    ),
    "ending": member("19", ENDS, "active None 2026-08-01", renews=False),
    "restart": member(
        "19 20", "renews again, ends 2027-06-01", "active None 2027-06-01", renews=True
    ),
    "restart without an ending": replace(
        member("20", None, "active None 2027-06-01", renews=True), outcome="noted:no_change"
    ),
    "upgrade": member(
        "21", "now agency, 3 seats", "active None 2027-06-01", renews=True, plan="agency"
    ),
}


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Mintpost]:
    setup.products = MEMBERSHIPS
    async with stepping(setup) as started:
        yield started


def named(body: bytes, name: str) -> bytes:
    """Give each case an order and a subscription of its own."""
    order = name.replace(" ", "-")
    subscription = {"subscription_id": order} if b"subscription_id=" in body else {}
    return changed(body, sale_id=order, **subscription)


def state_of(life: Life) -> str:
    assert life.expires_at is not None
    return f"{life.status} {life.reason} {life.expires_at:%Y-%m-%d}"


async def test_each_ping_brings_its_license_to_the_state_that_it_tells(shop: Mintpost) -> None:
    last: dict[str, int] = {}
    for stage in (0, 1, 2):
        for name, told in TOLD.items():
            bodies = (told.sale, *map(recorded, told.events))
            if stage < len(bodies):
                await shop.ping(named(bodies[stage], name))
                last[name] = len(await shop.events())
        await shop.settled_and_named()
    rows = {row.id: row for row in await shop.events()}
    ids = await shop.database.read(license_ids)
    found = await lives(shop.database)
    for name, told in TOLD.items():
        order = name.replace(" ", "-")
        row, life = rows[last[name]], found[order]
        note = None if told.note is None else f"license {ids[order]} {told.note}"
        assert (name, row.outcome, row.error, row.note) == (name, told.outcome, None, note)
        assert row.workflow_id == f"gumroad:event:{row.id}"
        assert (name, state_of(life), life.renews) == (name, told.state, told.renews)
        assert (name, life.tier) == (name, told.plan)
        assert life.seats == (3 if told.plan == "agency" else 1)


def license_ids(session: Session) -> dict[str, int]:
    rows = session.execute(select(LicenseRow.order_id, LicenseRow.id))
    return {str(row.order_id): int(row.id) for row in rows}
