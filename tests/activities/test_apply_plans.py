"""A new plan is decided by the names that the payments of its subscription tell."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from activities.apply import Apply
from catalog.file import ProductsFile
from db.engine import Database
from db.events import load_event
from db.requests import store_request
from db.tables import LicenseRow
from domain.sale import Product
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import mint, sale_of
from tests.support.pings import changed, new_event, recorded
from workflows.steps import EventToApply

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MEMBER, TEAMS = "ECua5G0LmWGylaHQQuiS0A==", "sDOLRWAJ9iPxvwmpujenuA=="
BY_PERMALINK = """
gumroad:
  - product_id: lumen-teams
    tier: studio
    months: 1
  - product_id: lumen-teams
    variant: {Tier: Agency}
    tier: agency
    months: 1
"""
MEMBERSHIP = replace(
    sale_of(subscription_id=MEMBER),
    product=Product(TEAMS, "Lumen Teams", ("lumen-teams",), (("Tier", "Studio"),)),
    sold_at=datetime(2026, 8, 1, tzinfo=UTC),
)


@ON_SQLITE
async def test_plan_of_a_product_that_is_mapped_by_its_permalink_is_found(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "products.yaml"
    file.write_text(BY_PERMALINK)
    database.write_here(mint, MEMBERSHIP)
    apply = Apply(database, {"gumroad": Gumroad()}, ProductsFile(file, ("gumroad",)))
    update = changed(recorded("21"), **{"new_plan[quantity]": "many"})
    request = replace(new_event(update, "-", "subscription_updated"), order_id=None)
    event_id = database.write_here(store_request, request)

    await apply.apply(EventToApply(event_id, "subscription_updated"))

    license_ = database.read_here(lambda session: session.scalars(select(LicenseRow)).one())
    assert license_.tier == "agency"
    note = database.read_here(load_event, event_id).note or ""
    assert "new_plan[quantity] must be a whole number" in note
