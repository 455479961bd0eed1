"""A later charge from a shop's export: it moves the end once, and mails nobody."""

from dataclasses import replace
from datetime import datetime, timedelta

from db.engine import Database
from db.events import load_event
from db.renewing import ImportedCharge, renew_imported
from db.sales import save_sale
from db.views.lists import Filters, list_deliveries, list_licenses
from tests.db.rows import NOON, license_of, minted, sale_of, store_event

END = datetime.fromisoformat("2026-10-01T23:59:59Z")
KEY = "ABCD-EFGH"
LATER = END + timedelta(days=30)
CHARGE = ImportedCharge(KEY.lower(), "import:charge-2", LATER, by="ada", why=None)


def test_imported_charge_moves_the_end_once_and_mails_nobody(database: Database) -> None:
    event = database.write_here(store_event)
    sale_id = database.write_here(save_sale, event, sale_of(), NOON)
    database.write_here(minted, sale_of(), license_of(sale_id, KEY, END, event_id=event))
    mails = database.read_here(list_deliveries, Filters())
    first = database.write_here(renew_imported, CHARGE, NOON)
    again = database.write_here(renew_imported, CHARGE, NOON)
    assert first is not None
    assert again == replace(first, extended=False, event_id=None)
    assert first.event_id is not None
    assert database.read_here(load_event, first.event_id).outcome == "applied"
    (license_,) = database.read_here(list_licenses, Filters())
    assert license_.expires_at == LATER
    assert database.read_here(list_deliveries, Filters()) == mails
