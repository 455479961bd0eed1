"""Events that an older version ignored are applied once, each license in one change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from catalog.file import ProductsFile
from commands.reread import Parts
from db.engine import Database
from db.events import load_event
from db.requests import store_request
from db.rereading import REFUNDED_COPY
from db.tables import ChangeRow, DeliveryRow, EventRow, LicenseRow
from domain.event import Outcome, ignored
from domain.sale import Product
from operations.reread import RereadLine
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import mint, sale_of
from tests.support.pings import changed, new_event, recorded

SELLER, ORDER = "suQPsAruPpWb_5E1C8BRkw==", "order-1"
MEMBER, TEAMS = "ECua5G0LmWGylaHQQuiS0A==", "sDOLRWAJ9iPxvwmpujenuA=="
MEMBERSHIP = replace(
    sale_of(subscription_id=MEMBER),
    product=Product(TEAMS, "Lumen Teams", (), (("Tier", "Studio"),)),
    sold_at=datetime(2026, 8, 1, tzinfo=UTC),
    quantity=1,
)
PRODUCTS = f"gumroad:\n  - {{product_id: '{TEAMS}', tier: agency, months: 1}}\n"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A database with rows as an older version left them."""

    database: Database
    products: ProductsFile

    def ignored(
        self, kind: str, body: bytes, outcome: str | None = None, note: str | None = None
    ) -> int:
        """Store an event, and close it as the older version did."""
        named = None if "subscription" in kind or kind == "cancellation" else ORDER
        request = replace(new_event(body, "", kind), order_id=named)
        event_id = self.database.write_here(store_request, request)
        ended = outcome or ignored(kind)
        values = {"outcome": ended, "note": note, "closed_at": request.received_at}
        closed = update(EventRow).where(EventRow.id == event_id).values(values)
        self.database.write_here(lambda session: session.execute(closed))
        return event_id

    async def reread(self, *, preview: bool = False, may_mail: bool = True) -> list[RereadLine]:
        parts = Parts(self.database, {"gumroad": Gumroad(seller_id=SELLER)}, self.products)
        rereading = parts.rereading(may_mail=may_mail)
        return await rereading.apply(await rereading.read(), preview=preview)

    def license(self) -> LicenseRow:
        return self.database.read_here(lambda session: session.scalars(select(LicenseRow)).one())

    def mails(self) -> Sequence[str]:
        reasons = select(DeliveryRow.reason).order_by(DeliveryRow.id)
        return self.database.read_here(lambda session: session.scalars(reasons).all())

    def outcome(self, event_id: int) -> str | None:
        return self.database.read_here(load_event, event_id).outcome

    def changes(self) -> int:
        return self.database.read_here(lambda s: len(s.scalars(select(ChangeRow)).all()))


@pytest.fixture
def upgraded(database: Database, tmp_path: Path) -> Upgraded:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS)
    return Upgraded(database, ProductsFile(file, ("gumroad",)))


def about(number: str, **fields: str) -> bytes:
    return changed(recorded(number), sale_id=ORDER, **fields)


async def test_ignored_refund_is_shown_then_applied_once(upgraded: Upgraded) -> None:
    upgraded.database.write_here(mint, sale_of())
    event = upgraded.ignored("refund", about("12"))
    (line,) = await upgraded.reread(preview=True)
    assert (line.outcome, line.order) == (Outcome.APPLIED, f"gumroad:{ORDER}")
    assert line.told == ("license 1 revoked (refunded)",)
    assert (upgraded.license().status, upgraded.outcome(event)) == ("active", "ignored:refund")
    (done,) = await upgraded.reread()
    assert done == line
    row = upgraded.license()
    assert (row.status, row.reason, upgraded.outcome(event)) == ("revoked", "refunded", "applied")
    assert await upgraded.reread() == []


async def test_dispute_that_was_won_changes_nothing_and_mails_nobody(upgraded: Upgraded) -> None:
    upgraded.database.write_here(mint, sale_of())
    events = [
        upgraded.ignored("dispute", about("14")),
        upgraded.ignored("dispute_won", about("15")),
    ]
    await upgraded.reread()
    assert [upgraded.outcome(each) for each in events] == ["noted:no_change"] * 2
    assert (upgraded.license().status, upgraded.changes()) == ("active", 1)
    assert upgraded.mails() == ["sale"]


async def test_related_events_are_one_change_by_the_newest(upgraded: Upgraded) -> None:
    upgraded.database.write_here(mint, MEMBERSHIP)
    older = upgraded.ignored("cancellation", recorded("16"))
    newest = upgraded.ignored("subscription_updated", recorded("21"))
    lines = await upgraded.reread()
    row = upgraded.license()
    assert (row.tier, row.seats, row.renews) == ("agency", 3, False)
    assert upgraded.changes() == 2
    told = {line.event_id: " ".join(line.told) for line in lines}
    assert "agency" in told[newest]
    assert f"it counts in the change by event {newest}" in told[older]


@pytest.mark.parametrize("may_mail", [True, False])
async def test_gain_is_mailed_once_by_a_run_unless_declined(
    upgraded: Upgraded,
    may_mail: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    upgraded.database.write_here(mint, MEMBERSHIP)
    event = upgraded.ignored("subscription_updated", recorded("21"))
    (line,) = await upgraded.reread(may_mail=may_mail)
    assert (line.mails, line.goes_on) == (int(may_mail), may_mail)
    assert upgraded.outcome(event) == (None if may_mail else "applied")
    assert upgraded.mails() == (["sale", f"event:{event}"] if may_mail else ["sale"])
    assert await upgraded.reread() == []


async def test_copy_that_told_a_refund_counts_by_now(upgraded: Upgraded) -> None:
    upgraded.database.write_here(mint, sale_of())
    told = f"the order was settled by ping 1; {REFUNDED_COPY}"
    copy = changed(recorded("01"), sale_id=ORDER, refunded="true")
    event = upgraded.ignored("sale", copy, Outcome.DUPLICATE, told)
    upgraded.ignored("sale", about("01"), Outcome.DUPLICATE, "the order was settled by ping 1")
    (line,) = await upgraded.reread()
    assert (line.event_id, upgraded.license().reason) == (event, "refunded")


async def test_copy_of_a_known_refund_stays_a_duplicate_and_is_read_once(
    upgraded: Upgraded,
) -> None:
    upgraded.database.write_here(mint, sale_of())
    copy = changed(recorded("01"), sale_id=ORDER, refunded="true")
    event = upgraded.ignored("sale", copy, Outcome.DUPLICATE, REFUNDED_COPY)
    refund = upgraded.ignored("refund", about("12"))
    await upgraded.reread()
    assert (upgraded.outcome(refund), upgraded.outcome(event)) == ("applied", "duplicate")
    assert await upgraded.reread() == []


@pytest.mark.parametrize("outcome", ["ignored:unknown", "noted:unknown_event"])
async def test_event_that_was_unknown_is_named_and_applied(
    upgraded: Upgraded, outcome: str
) -> None:
    upgraded.database.write_here(mint, sale_of())
    event = upgraded.ignored("unknown", about("12"), outcome)
    upgraded.ignored("unknown", about("12", resource_name="news"), outcome)
    assert [line.event_id for line in await upgraded.reread()] == [event]
    stored = upgraded.database.read_here(load_event, event)
    assert (stored.kind, stored.outcome) == ("refund", "applied")


async def test_refund_without_its_sale_is_kept_for_it(upgraded: Upgraded) -> None:
    event = upgraded.ignored("refund", about("12"))
    await upgraded.reread()
    assert upgraded.outcome(event) == "noted:no_sale_yet"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (about("12", seller_id="another"), "ignored:foreign_seller"),
        (changed(recorded("12"), sale_id="a:b"), "sale_id must be"),
    ],
)
async def test_event_that_cannot_be_read_stays_with_a_sentence(
    upgraded: Upgraded, body: bytes, why: str
) -> None:
    upgraded.database.write_here(mint, sale_of())
    event = upgraded.ignored("refund", body)
    (line,) = await upgraded.reread()
    assert (line.outcome, why in (line.problem or "")) == (None, True), line
    assert (upgraded.outcome(event), upgraded.license().status) == ("ignored:refund", "active")


async def test_event_that_another_process_applied_is_left_alone(upgraded: Upgraded) -> None:
    upgraded.database.write_here(mint, sale_of())
    upgraded.ignored("refund", about("12"))
    parts = Parts(upgraded.database, {"gumroad": Gumroad()}, upgraded.products)
    rereading = parts.rereading(may_mail=True)
    found = await rereading.read()
    await upgraded.reread()
    assert await rereading.apply(found, preview=False) == []
