"""Doctor's lines about products, signing key and signed lists."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from catalog.file import parse_products
from db.answer_keys import KeyList, keep_key_list
from db.engine import Database
from db.orders import close_row
from db.revocations import NewList, keep_list
from db.sales import save_sale
from db.signing_keys import KnownKey, remember_key, revoke_key
from db.tables import DeliveryRow
from domain.catalog import Catalog
from domain.findings import Finding, Level
from operations.doctor import keys, mail, products
from tests.db.rows import NOON, mint, sale_of, store_event

DAY = timedelta(days=1)
SOURCES = ("gumroad", "polar")
OLD_KEY, NEW_KEY = KnownKey("old-kid", "x1"), KnownKey("new-kid", "x2")
MAPPING = "gumroad:\n  - {product_id: product-1, tier: pro, activate: here}\n"
OTHER = MAPPING.replace("product-1", "product-2")


def catalog(text: str) -> Catalog:
    return parse_products(Path("products.yaml"), text.encode(), SOURCES)


def written(folder: Path, text: str) -> Path:
    file = folder / "products.yaml"
    file.write_text(text)
    return file


async def sold(database: Database, text: str) -> list[Finding]:
    return [*await products.look_at_sold(database, catalog(text), lambda: NOON + DAY)]


def save(session: Session, order_id: str = "order-1") -> int:
    event_id = store_event(session, order_id)
    save_sale(session, event_id, sale_of(order_id), NOON)
    return event_id


async def test_a_good_file_is_ok_and_a_hint_is_a_warning(tmp_path: Path) -> None:
    (good,) = products.look_at_file(written(tmp_path, MAPPING), SOURCES)
    (hinted,) = products.look_at_file(
        written(tmp_path, MAPPING.replace(", activate: here", "")), SOURCES
    )

    assert good.level is Level.OK
    assert (hinted.level, hinted.remedy) == (Level.WARNING, "mintpost products check")


async def test_a_broken_or_missing_file_is_broken_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, MAPPING.replace("tier", "teir"))
    (mistyped,) = products.look_at_file(file, SOURCES)
    (missing,) = products.look_at_file(tmp_path / "none.yaml", SOURCES)

    assert (mistyped.level, missing.level) == (Level.BROKEN, Level.BROKEN)
    assert mistyped.sentence.startswith(f"products: {file}:2: ")
    assert products.readable(file, SOURCES) is None


async def test_sold_products_with_an_entry_are_ok_and_an_unsold_entry_is_no_fault(
    database: Database,
) -> None:
    database.write_here(save)
    (found,) = await sold(database, MAPPING + OTHER.removeprefix("gumroad:\n"))

    assert found.level is Level.OK
    assert "every product of the last 90 days has an entry (1)" in found.sentence


async def test_an_unmapped_product_is_broken_while_its_sales_wait(database: Database) -> None:
    for order_id in ("order-1", "order-2"):
        database.write_here(save, order_id)
    (found,) = await sold(database, OTHER)

    assert found.level is Level.BROKEN
    assert found.sentence == (
        'products sold: no entry fits "product-1" of gumroad, and 2 of its sales wait'
    )
    assert found.remedy is not None
    assert found.remedy.startswith("add it under gumroad in products.yaml")


async def test_an_unmapped_product_whose_sales_are_done_is_a_warning(database: Database) -> None:
    event_id = database.write_here(save)
    database.write_here(close_row, event_id, "fulfilled", NOON)
    (found,) = await sold(database, OTHER)

    assert (found.level, "the next sale of it" in found.sentence) == (Level.WARNING, True)


async def test_options_without_an_entry_are_told_apart_and_old_sales_are_left_out(
    database: Database,
) -> None:
    database.write_here(save)
    basic = MAPPING.replace("tier", "variant: {Edition: Basic}, tier")
    (unfit,) = await sold(database, basic)
    found = await products.look_at_sold(database, catalog(OTHER), lambda: NOON + 91 * DAY)

    assert unfit.level is Level.BROKEN
    assert [each.sentence for each in found] == ["products sold: no sale in the last 90 days"]


async def signing(database: Database, kid: str) -> Finding:
    (found,) = await keys.look_at_signing_key(database, kid)
    return found


async def test_the_signing_key_is_compared_with_the_keys_of_the_database(
    database: Database,
) -> None:
    assert (await signing(database, "old-kid")).level is Level.WARNING  # No worker began with it.
    database.write_here(remember_key, OLD_KEY, NOON)
    assert (await signing(database, "old-kid")).level is Level.OK

    database.write_here(remember_key, NEW_KEY, NOON + DAY)
    older = await signing(database, "old-kid")
    assert (older.level, "a newer key (new-kid)" in older.sentence) == (Level.WARNING, True)
    assert (await signing(database, "new-kid")).level is Level.OK

    database.write_here(revoke_key, "old-kid", None, NOON + DAY)
    revoked = await signing(database, "old-kid")
    assert (revoked.level, "revoked on 2026-09-02" in revoked.sentence) == (Level.BROKEN, True)
    assert str(revoked.remedy).endswith("mintpost keys generate")


@pytest.mark.parametrize(
    ("days", "level"),
    [(1, Level.OK), (2, Level.WARNING), (6, Level.WARNING), (7, Level.BROKEN)],
)
async def test_a_signed_list_grows_old(database: Database, days: int, level: Level) -> None:
    database.write_here(keep_list, NewList(1, "token", 0, NOON))
    database.write_here(keep_key_list, KeyList(1, "token", NOON))

    found = await keys.look_at_lists(database, NOON + days * DAY)

    assert [each.level for each in found] == [level, level]
    assert [each.cause for each in found] == [*keys.LISTS]


async def test_lists_that_no_worker_has_signed_are_a_warning(database: Database) -> None:
    found = await keys.look_at_lists(database, NOON)

    assert [(each.level, each.remedy) for each in found] == [
        (Level.WARNING, "python worker.py")
    ] * 2


async def test_a_sender_is_known_by_a_mail_that_the_provider_took(database: Database) -> None:
    (unknown,) = await mail.look_at_sender(database, "postmark")
    minted = database.write_here(mint, sale_of())
    assert minted.delivery_id is not None
    database.write_here(take, minted.delivery_id)
    (known,) = await mail.look_at_sender(database, "postmark")
    (other,) = await mail.look_at_sender(database, "another")

    assert [each.level for each in (unknown, known, other)] == [
        Level.UNCHECKED,
        Level.OK,
        Level.UNCHECKED,
    ]
    assert known.sentence.endswith("2026-09-01")
    assert str(unknown.remedy).startswith("mintpost smoke ")


def take(session: Session, delivery_id: int) -> None:
    row = session.get_one(DeliveryRow, delivery_id)
    row.status, row.provider, row.sent_at = "accepted", "postmark", NOON
