"""The licenses that a person names by sales or keys."""

import pytest

from db.engine import Database
from db.further_keys import add_further_key
from kit.refusals import RefusedError
from operations.meant import licenses_meant
from tests.db.rows import KEY, NOON, mint, sale_of

FURTHER = "9F86D081-884C7D65"


def test_license_is_meant_by_its_sale_and_by_each_of_its_keys(database: Database) -> None:
    license_ = database.write_here(mint, sale_of()).license
    database.write_here(add_further_key, license_.id, None, FURTHER, NOON)
    names = ["gumroad:order-1", "order-1", KEY, KEY.lower(), FURTHER, "9f86d081 884c7d65"]
    for name in names:
        assert database.read_here(licenses_meant, [name]) == [license_.id], name
    assert database.read_here(licenses_meant, names) == [license_.id]


def test_a_part_of_a_key_means_no_license(database: Database) -> None:
    license_ = database.write_here(mint, sale_of()).license
    database.write_here(add_further_key, license_.id, None, FURTHER, NOON)
    for part in (KEY[:-1], FURTHER[:-1]):
        with pytest.raises(RefusedError, match="no sale and no license is"):
            database.read_here(licenses_meant, [part])
