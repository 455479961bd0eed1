"""A refund that the released version ignored, on both databases after their migrations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, select

from catalog.file import ProductsFile
from commands.reread import Parts
from db.engine import Database
from db.events import load_event
from db.inserting import the_one
from db.migrating import migrate
from db.tables import ChangeRow, LicenseRow
from operations.reread import RereadLine
from storefronts.gumroad.storefront import Gumroad
from tests.db.migrated import at_revision
from tests.db.test_migration_0007 import TABLES, copy_table
from tests.support.released import REFUNDED_ID, add_refunded, unpack


@pytest.fixture
def migrated(database_url: URL, tmp_path: Path) -> Iterator[Database]:
    file = unpack(tmp_path) / "mintpost.db"
    add_refunded(file, "released-refunded")
    engine = at_revision(database_url, "0006")
    with engine.begin() as connection:
        for table in TABLES:
            copy_table(connection, file, table)
    migrate(engine)
    database = Database(engine)
    yield database
    database.dispose()


async def reread(database: Database, folder: Path, *, preview: bool) -> list[RereadLine]:
    products = ProductsFile(folder / "products.yaml", ("gumroad",))
    rereading = Parts(database, {"gumroad": Gumroad()}, products).rereading(may_mail=True)
    return await rereading.apply(await rereading.read(), preview=preview)


async def test_migration_applies_nothing_and_rereading_applies_once(
    migrated: Database, tmp_path: Path
) -> None:
    (told,) = await reread(migrated, tmp_path, preview=True)
    row = migrated.read_here(the_one, LicenseRow, id=REFUNDED_ID)
    event = migrated.read_here(load_event, REFUNDED_ID + 1)
    assert (row.status, row.reason, event.outcome) == ("active", None, "ignored:refund")
    assert [*(await reread(migrated, tmp_path, preview=False))] == [told]
    row = migrated.read_here(the_one, LicenseRow, id=REFUNDED_ID)
    event = migrated.read_here(load_event, REFUNDED_ID + 1)
    assert (row.status, row.reason, event.outcome) == ("revoked", "refunded", "applied")
    assert await reread(migrated, tmp_path, preview=False) == []
    changes = migrated.read_here(lambda session: session.scalars(select(ChangeRow)).all())
    assert [(each.license_id, each.event_id) for each in changes] == [
        (REFUNDED_ID, REFUNDED_ID + 1)
    ]
