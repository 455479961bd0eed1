"""Devices and their limits, as the operator asks for them, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from db.devices import Bound, NewDevice, activate, release_by_holder
from db.engine import Database
from db.tables import LicenseRow
from db.views.lists import Filters
from domain.catalog import Catalog, Offer
from domain.license import Term
from domain.online import device_hash
from domain.online_terms import OnlineTerms
from kit.refusals import RefusedError
from operations.device_limits import list_limited
from operations.devices import devices_meant, free_all, free_device, limit_devices
from tests.db.rows import NOON, mint, sale_of

ORDER = "gumroad:order-1"
LATER = NOON + timedelta(days=1)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def offer(product_id: str, tier: str, devices: int) -> Offer:
    return Offer(product_id, tier, Term(None), online=OnlineTerms(devices=devices))


ALIAS = offer("lumen", "pro", 9)
"""The entry of an alias of what was sold, which is none of what a license became."""
OFFERS = (offer("product-1", "pro", 2), offer("product-1", "plus", 5), offer("new", "x", 1), ALIAS)
CATALOG = Catalog({"gumroad": OFFERS}, "0" * 64)


def sold(database: Database, number: int = 1, devices: int = 3) -> int:
    """Mint a license of two seats with devices named 0, 1, 2 and so on."""

    def write(session: Session) -> int:
        license_id = mint(session, sale_of(f"order-{number}"), f"KEY-{number}").license.id
        for each in range(devices):
            activate(session, NewDevice(license_id, f"{each}", f"the {each}", None, NOON))
        return license_id

    return database.write_here(write)


def put(database: Database, license_id: int, **columns: object) -> None:
    row = update(LicenseRow).where(LicenseRow.id == license_id).values(**columns)
    database.write_here(lambda session: session.execute(row).close())


def limits(database: Database, catalog: Catalog | None = CATALOG) -> list[int | None]:
    lines = database.read_here(list_limited, Filters(), lambda: catalog)
    return [line.device_limit for line in lines[::-1]]


def test_devices_are_listed_freed_and_limited(database: Database) -> None:
    license_id = sold(database)
    (found,) = database.read_here(devices_meant, ORDER, CATALOG)
    assert ([each.label for each in found.devices], found.limit.effective) == (
        ["the 0", "the 1", "the 2"],
        4,
    )
    done = database.write_here(free_device, ORDER, "1", CATALOG, LATER)
    assert [each.label for each in done.freed] == ["the 1"]
    assert [each.label for each in done.left[0].devices] == ["the 0", "the 2"]
    (limited,) = database.write_here(limit_devices, ORDER, 1, CATALOG)
    assert (limited.limit.own, limited.limit.by_mapping, limited.limit.effective) == (1, 4, 1)
    full = database.write_here(activate, NewDevice(license_id, "new", "", 1, LATER))
    assert full.device is None
    gone = database.write_here(free_all, ORDER, CATALOG, LATER)
    assert (len(gone.freed), gone.left[0].devices) == (2, ())


def test_what_the_operator_frees_leaves_the_holder_every_release(database: Database) -> None:
    license_id = sold(database)
    database.write_here(free_device, ORDER, "0", CATALOG, LATER)
    database.write_here(free_device, ORDER, "1", CATALOG, LATER)
    bound = Bound(1, NOON)
    hashed = device_hash(license_id, "2")
    assert database.write_here(release_by_holder, license_id, hashed, bound, LATER)


@ON_SQLITE
def test_freed_device_is_no_device_a_second_time(database: Database) -> None:
    sold(database)
    database.write_here(free_device, ORDER, "1", None, LATER)
    with pytest.raises(RefusedError, match="no device of gumroad:order-1 is 1"):
        database.write_here(free_device, ORDER, "1", None, LATER)


@ON_SQLITE
def test_name_of_one_device_wins_over_the_label_of_another(database: Database) -> None:
    license_id = sold(database)
    new = NewDevice(license_id, "laptop", "1", None, NOON)
    database.write_here(activate, new)
    done = database.write_here(free_device, ORDER, "1", None, LATER)
    assert [each.label for each in done.freed] == ["the 1"]


def test_limit_follows_tier_product_and_the_operator(database: Database) -> None:
    first, second, third, fourth = (sold(database, number, 0) for number in range(1, 5))
    put(database, second, tier="plus", seats=1)
    put(database, third, product_id="new")
    put(database, fourth, device_limit=0)
    assert limits(database) == [4, 5, 2, 0]
    put(database, first, product_id="unmapped")
    assert limits(database) == [None, 5, 2, 0]
    assert limits(database, None) == [None, None, None, 0]


def test_limits_of_many_licenses_take_two_statements(database: Database) -> None:
    for number in range(1, 4):
        sold(database, number, 1)
    seen: list[object] = []

    def count(*executed: object) -> None:
        seen.append(executed[2])

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        lines = database.read_here(list_limited, Filters(), lambda: CATALOG)
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    assert [line.devices for line in lines] == [1, 1, 1]
    assert len([each for each in seen if str(each).startswith("SELECT")]) == 2


@ON_SQLITE
def test_mapping_is_not_read_without_a_license(database: Database) -> None:
    def read() -> Catalog:
        raise AssertionError

    assert database.read_here(list_limited, Filters(), read) == []


@ON_SQLITE
def test_limit_counts_the_line_of_a_variant(database: Database) -> None:
    basic = replace(offer("product-1", "pro", 1), variant=(("Edition", "Basic"),))
    chosen = replace(offer("product-1", "pro", 3), variant=(("Edition", "Pro"),))
    sold(database, 1, 0)
    catalog = Catalog({"gumroad": (chosen, basic)}, "0" * 64)
    assert limits(database, catalog) == [6]
