"""Devices of a license: one place each, never more than the limit, whatever comes at once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from db.devices import (
    Activated,
    Bound,
    NewDevice,
    ReleasedBy,
    TooManyReleasesError,
    activate,
    count_devices,
    find_device,
    list_devices,
    release_by_holder,
    release_by_operator,
    see_device,
)
from db.engine import Database
from db.uses import count_use, uses_of
from domain.online import device_hash
from tests.db.concurrently import at_once
from tests.db.rows import NOON, mint, sale_of

LIMIT = 3
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def license_id(database: Database) -> int:
    return database.write_here(mint, sale_of()).license.id


def wish(license_id: int, device: str = "laptop", limit: int | None = LIMIT) -> NewDevice:
    return NewDevice(license_id, device, label="", limit=limit, at=NOON)


def activated(database: Database, new: NewDevice) -> Activated:
    return database.write_here(activate, new)


def labels(database: Database, license_id: int) -> list[str]:
    return [each.label for each in database.read_here(list_devices, license_id)]


def test_a_device_that_comes_50_times_at_once_has_one_place(
    database: Database, license_id: int
) -> None:
    found = at_once(50, lambda _: activated(database, wish(license_id)))
    assert sum(each.is_new for each in found) == 1
    assert {each.used for each in found} == {1}
    assert database.read_here(count_devices, license_id) == 1


def test_50_devices_at_once_leave_exactly_as_many_as_the_limit(
    database: Database, license_id: int
) -> None:
    found = at_once(50, lambda number: activated(database, wish(license_id, f"d{number}")))
    assert sum(each.device is not None for each in found) == LIMIT
    assert database.read_here(count_devices, license_id) == LIMIT


def test_places_that_are_released_while_others_are_taken_never_exceed_the_limit(
    database: Database, license_id: int
) -> None:
    for number in range(LIMIT):
        activated(database, wish(license_id, f"old{number}"))

    def both(number: int) -> None:
        if number < LIMIT:
            hashed = device_hash(license_id, f"old{number}")
            assert database.write_here(release_by_holder, license_id, hashed, None, NOON)
        else:
            activated(database, wish(license_id, f"new{number}"))
        assert database.read_here(count_devices, license_id) <= LIMIT

    at_once(20, both)


@ON_SQLITE
def test_a_device_keeps_its_place_above_a_limit_that_was_lowered(
    database: Database, license_id: int
) -> None:
    for number in range(LIMIT):
        activated(database, wish(license_id, f"d{number}"))
    again = activated(database, wish(license_id, "d0", limit=1))
    assert (again.is_new, again.used) == (False, LIMIT)
    assert again.device is not None
    other = replace(wish(license_id, "d9", limit=1), unseen_since=NOON)
    assert activated(database, other).device is None


@ON_SQLITE
def test_the_device_unseen_for_longest_gives_way(database: Database, license_id: int) -> None:
    for number, day in enumerate((3, 1, 2)):
        at = NOON + timedelta(days=day)
        activated(database, replace(wish(license_id, f"d{number}"), label=f"d{number}", at=at))
    late = replace(wish(license_id, "new"), label="new", at=NOON + timedelta(days=40))
    refused = replace(late, unseen_since=NOON)
    assert activated(database, refused).device is None
    taken = activated(database, replace(late, unseen_since=NOON + timedelta(days=1)))
    assert taken.used == LIMIT
    assert labels(database, license_id) == ["d2", "d0", "new"]


@ON_SQLITE
@pytest.mark.parametrize("label", ["", "desk"])
def test_a_later_label_replaces_the_first_unless_it_is_empty(
    database: Database, license_id: int, label: str
) -> None:
    activated(database, replace(wish(license_id), label="laptop"))
    again = activated(database, replace(wish(license_id), label=label))
    assert again.device is not None
    assert again.device.label == (label or "laptop")
    assert labels(database, license_id) == [label or "laptop"]


def release(database: Database, license_id: int, device: str, bound: Bound, at: datetime) -> bool:
    hashed = device_hash(license_id, device)
    return database.write_here(release_by_holder, license_id, hashed, bound, at)


@ON_SQLITE
def test_a_holder_releases_no_more_than_the_bound_and_an_operator_any_number(
    database: Database, license_id: int
) -> None:
    bound = Bound(2, NOON)
    for number in range(2):
        activated(database, wish(license_id, f"d{number}"))
        assert release(database, license_id, f"d{number}", bound, NOON)
        assert not release(database, license_id, f"d{number}", bound, NOON)
    activated(database, wish(license_id, "d2"))
    with pytest.raises(TooManyReleasesError):
        release(database, license_id, "d2", bound, NOON)
    replaced = replace(wish(license_id, "d3", limit=1), unseen_since=NOON, bound=bound)
    assert activated(database, replaced).device is None
    hashed = device_hash(license_id, "d2")
    assert database.write_here(release_by_operator, license_id, hashed, NOON)
    later = Bound(2, NOON + timedelta(seconds=1))
    activated(database, wish(license_id, "d4"))
    assert release(database, license_id, "d4", later, NOON + timedelta(days=31))


@ON_SQLITE
def test_a_device_is_seen_once_a_day(database: Database, license_id: int) -> None:
    activated(database, wish(license_id))
    hashed = device_hash(license_id, "laptop")
    evening, next_day = NOON + timedelta(hours=9), NOON + timedelta(hours=13)
    for at, is_first in ((evening, False), (next_day, True), (next_day, False)):
        assert database.write_here(see_device, license_id, hashed, at) is is_first
    device = database.read_here(find_device, license_id, hashed)
    assert device is not None
    assert device.last_seen == next_day


def test_a_device_has_another_name_in_each_license() -> None:
    assert device_hash(1, "laptop") != device_hash(2, "laptop")
    assert len(device_hash(1, "l\u00e4ptop \U0001f4bb")) == 32


def test_counted_uses_are_each_another_number(database: Database, license_id: int) -> None:
    counts = at_once(20, lambda _: database.write_here(count_use, license_id))
    assert sorted(counts) == list(range(1, 21))
    assert database.read_here(uses_of, license_id) == 20


def test_the_words_of_a_release_are_kept_short() -> None:
    assert all(len(each) <= 20 for each in ReleasedBy)
