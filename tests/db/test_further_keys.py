"""Further keys: unique over all licenses, and found however a person types them."""

import pytest

from db.engine import Database
from db.further_keys import add_further_key, holder_of_key, keys_of_license, licenses_of_any_key
from db.views.search import find_sales
from tests.db.concurrently import at_once
from tests.db.rows import NOON, mint, sale_of

FOREIGN = "9F86d081-884C7D65-9A2FEAA0-C55AD015"
OWN = ("ACDE-FGHJ-KMNP-QRTV", "ACDE-FGHJ-KMNP-QRTW")


def two_licenses(database: Database) -> list[int]:
    return [
        database.write_here(mint, sale_of(f"order-{number}"), key).license.id
        for number, key in enumerate(OWN)
    ]


def add(database: Database, license_id: int, key: str) -> str | None:
    return database.write_here(add_further_key, license_id, None, key, NOON)


def test_key_is_found_without_case_blanks_and_dashes(database: Database) -> None:
    first, _ = two_licenses(database)
    assert add(database, first, f" {FOREIGN} ") is None
    for typed in (FOREIGN, FOREIGN.lower(), FOREIGN.replace("-", " \u2013 "), OWN[0].lower()):
        assert database.read_here(licenses_of_any_key, typed) == [first]
        assert database.read_here(holder_of_key, typed) == first
    assert database.read_here(keys_of_license, first) == [FOREIGN]


def test_key_given_twice_is_one(database: Database) -> None:
    first, _ = two_licenses(database)
    assert add(database, first, FOREIGN) is None
    assert add(database, first, FOREIGN.lower()) is None
    assert database.read_here(keys_of_license, first) == [FOREIGN]


@pytest.mark.parametrize("key", [FOREIGN.lower(), OWN[0], OWN[0].lower().replace("-", "")])
def test_key_of_another_license_leaves_a_note_without_the_key(database: Database, key: str) -> None:
    first, second = two_licenses(database)
    add(database, first, FOREIGN)
    note = f"the further key was not given: license {first} has it"
    assert add(database, second, key) == note
    assert database.read_here(keys_of_license, second) == []


@pytest.mark.parametrize("key", ["", " -\u2014 ", "x" * 201, "\u00df" * 150])
def test_text_that_is_no_key_leaves_a_note(database: Database, key: str) -> None:
    first, _ = two_licenses(database)
    assert str(add(database, first, key)).startswith("the further key was not given: it ")


def test_key_goes_to_one_of_two_licenses_that_get_it_at_once(database: Database) -> None:
    licenses = two_licenses(database)
    notes = at_once(2, lambda number: add(database, licenses[number], FOREIGN))
    assert sorted(note is None for note in notes) == [False, True]


def test_short_key_finds_its_sale_only_as_a_whole(database: Database) -> None:
    first, second = two_licenses(database)
    add(database, first, "X-42")
    add(database, second, "X-424")
    for typed, orders in (("x 42", ["order-0"]), ("x-424", ["order-1"]), ("42", [])):
        found = database.read_here(find_sales, typed, "", 10)
        assert [sale.order_id for sale in found] == orders
