"""`mintpost devices`: lists, frees and limits the devices of a license."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from commands.asking import UNANSWERED
from db.devices import NewDevice, activate
from db.engine import Database
from db.views.lists import Filters, LicenseLine, list_licenses
from domain.online import Device
from tests.db.rows import NOON, mint as mint_sale, sale_of
from tests.support.commanding import Answer, Run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PRODUCTS = """\
gumroad:
  - product_id: "product-1"
    tier: pro
    devices: 2
"""
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
ORDER = "gumroad:order-1"
NAMES = ("laptop-1", "desk-2", "phone-3")
LABELS = ("Ada's laptop", "", "phone")


@dataclass(frozen=True, slots=True)
class Desk:
    """A license of two seats with three devices, each seen a day after the one before."""

    database: Database
    key: str
    devices: tuple[Device, ...]
    products: Path

    def line(self) -> LicenseLine:
        return self.database.read_here(list_licenses, Filters())[-1]


@pytest.fixture
def desk(clean: pytest.MonkeyPatch, database: Database, tmp_path: Path) -> Desk:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    products = tmp_path / "mapping.yaml"
    products.write_text(PRODUCTS)
    clean.setenv("PRODUCTS_FILE", str(products))

    def live(session: Session) -> Desk:
        sold = mint_sale(session, sale_of()).license
        devices = tuple(activated(session, sold.id, number) for number in range(len(NAMES)))
        return Desk(database, sold.key, devices, products)

    return database.write_here(live)


def activated(session: Session, license_id: int, number: int) -> Device:
    at = NOON + timedelta(days=number)
    done = activate(session, NewDevice(license_id, NAMES[number], LABELS[number], None, at))
    assert done.device is not None
    return done.device


def ids(answer: Answer) -> list[str]:
    return [each["id"] for each in json.loads(answer.out)]


def test_devices_are_listed_the_one_unseen_for_longest_first(desk: Desk, mint: Run) -> None:
    answer = mint("devices", desk.key.lower(), terminal=80)
    lines = ESCAPES.sub("", answer.out).splitlines()
    assert lines[:2] == [
        f"license 1 of {ORDER}, pro: 3 of 4 devices",
        "limit: 4 by products.yaml, 2 for each of 2 seats",
    ]
    header, *rows = lines[2:]
    assert header.split() == ["id", "activated", "last", "seen", "label"]
    assert [row.split()[0] for row in rows] == [each.id for each in desk.devices]
    assert rows[0] == f"{desk.devices[0].id}  2026-09-01  2026-09-01  Ada's laptop"
    assert max(map(len, lines)) <= 80


def test_json_has_the_keys_that_others_rely_on(desk: Desk, mint: Run) -> None:
    first = json.loads(mint("devices", ORDER, "--json").out)[0]
    assert first == {
        "license_id": 1,
        "id": desk.devices[0].id,
        "label": "Ada's laptop",
        "activated_at": "2026-09-01T12:00:00Z",
        "last_seen": "2026-09-01T12:00:00Z",
    }


NAMED: dict[str, Callable[[Device], str]] = {
    "its id": lambda device: device.id,
    "its id in capitals": lambda device: device.id.upper(),
    "the beginning of its id": lambda device: device.id[:10],
    "its own name": lambda _device: NAMES[0],
    "its label": lambda _device: LABELS[0],
}


@pytest.mark.parametrize("name", NAMED)
def test_device_is_freed_by(desk: Desk, mint: Run, name: str) -> None:
    answer = mint("devices", ORDER, "--free", NAMED[name](desk.devices[0]))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == [
        f"freed {desk.devices[0].id} (Ada's laptop), last seen 2026-09-01",
        f"license 1 of {ORDER}, pro: 2 of 4 devices",
    ]
    assert ids(mint("devices", ORDER, "--json")) == [each.id for each in desk.devices[1:]]


def test_label_of_several_devices_frees_none(desk: Desk, mint: Run) -> None:
    twin = NewDevice(1, "phone-4", "phone", None, NOON + timedelta(days=9))
    second = desk.database.write_here(activate, twin).device
    assert second is not None
    answer = mint("devices", ORDER, "--free", "phone")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        f"phone means 2 devices of {ORDER}; free one of them:",
        f"  mintpost devices {ORDER} --free {desk.devices[2].id}",
        f"  mintpost devices {ORDER} --free {second.id}",
    ]
    assert desk.line().devices == 4


@pytest.mark.parametrize("name", ["nobody's", "", "   ", "-"])
def test_unknown_device_is_told_with_the_command_that_lists(
    desk: Desk, mint: Run, name: str
) -> None:
    answer = mint("devices", ORDER, f"--free={name}")
    assert answer.code == 1
    assert answer.err.endswith(f"to see all: `mintpost devices {ORDER}`\n")
    assert desk.line().devices == 3


def test_short_beginning_of_an_id_frees_nothing(desk: Desk, mint: Run) -> None:
    assert mint("devices", ORDER, "--free", desk.devices[0].id[:3]).code == 1
    assert desk.line().devices == 3


def test_all_devices_are_freed_after_a_yes_alone(desk: Desk, mint: Run) -> None:
    refused = mint("devices", ORDER, "--free-all")
    assert (refused.code, refused.err) == (1, f"{UNANSWERED}\n")
    assert desk.line().devices == 3
    done = mint("devices", ORDER, "--free-all", "--yes")
    assert done.out.count("freed ") == 3
    assert f"license 1 of {ORDER}, pro: 0 of 4 devices" in done.out
    again = mint("devices", ORDER, "--free-all", "--json")
    assert (again.code, again.out) == (0, "[]\n")


def test_operator_limit_wins_until_it_is_removed(desk: Desk, mint: Run) -> None:
    back = f"`mintpost devices {ORDER} --limit none`"
    free = f"`mintpost devices {ORDER} --free {desk.devices[0].id}`"
    rest = "4 by products.yaml, 2 for each of 2 seats"
    lowered = mint("devices", ORDER, "--limit", "2").out.splitlines()
    assert lowered[:3] == [
        f"license 1 of {ORDER}, pro: 3 of 2 devices",
        f"limit: 2 by your word; {rest} ({back} goes back to that)",
        f"1 more than the limit: they stay good until you free them, as {free}",
    ]
    assert desk.line().device_limit == 2
    mint("devices", ORDER, "--limit", "0")
    assert desk.line().device_limit == 0
    assert "3 of 4 devices" in mint("devices", ORDER, "--limit", "None").out
    assert desk.line().device_limit is None


@pytest.mark.parametrize("limit", ["-1", "1000001", "x", "²", "1.5", ""])
def test_limit_that_is_none_is_refused(desk: Desk, mint: Run, limit: str) -> None:
    answer = mint("devices", ORDER, f"--limit={limit}")
    assert answer.code == 1
    assert answer.err.endswith(f"or none: `mintpost devices {ORDER} --limit 3`\n")
    assert desk.line().device_limit is None


def test_two_wishes_at_once_are_refused(desk: Desk, mint: Run) -> None:
    answer = mint("devices", ORDER, "--free", "phone", "--limit", "1")
    assert answer.code == 1
    assert answer.err.endswith(f"to see the devices: `mintpost devices {ORDER}`\n")
    assert (desk.line().devices, desk.line().device_limit) == (3, None)


def test_limits_without_a_readable_mapping_are_the_operators(desk: Desk, mint: Run) -> None:
    desk.products.write_text("gumroad: 7")
    answer = mint("devices", ORDER)
    assert f"{desk.products}:1: " in answer.err
    assert answer.out.splitlines()[:2] == [
        f"license 1 of {ORDER}, pro: 3 devices",
        "limit: products.yaml cannot be read",
    ]
    mint("devices", ORDER, "--limit", "5")
    listed = mint("licenses", "--json")
    assert json.loads(listed.out)[0]["device_limit"] == 5


def test_list_of_licenses_counts_devices_and_tells_the_limit_that_counts(
    desk: Desk, mint: Run
) -> None:
    desk.database.write_here(lambda session: mint_sale(session, sale_of("order-2"), "KEY-2"))
    newest, first = json.loads(mint("licenses", "--json").out)
    assert list(first)[-4:] == ["grace_until", "devices", "device_limit", "erased_at"]
    assert [(each["devices"], each["device_limit"]) for each in (newest, first)] == [(0, 4), (3, 4)]
    mint("devices", ORDER, "--limit", "7")
    assert json.loads(mint("licenses", "--json").out)[1]["device_limit"] == 7
    desk.products.write_text(PRODUCTS.replace("    devices: 2\n", ""))
    assert json.loads(mint("licenses", "--json").out)[0]["device_limit"] is None


def test_sale_without_a_license_is_told(desk: Desk, mint: Run) -> None:
    answer = mint("devices", "gumroad:nobody")
    assert (answer.code, answer.out) == (1, "")
    assert "no sale and no license is gumroad:nobody" in answer.err
    assert desk.line().devices == 3


def test_each_license_of_a_sale_has_its_own_table(desk: Desk, mint: Run) -> None:
    desk.database.write_here(
        lambda session: mint_sale(session, replace(sale_of(), line="2"), "KEY-2")
    )
    answer = mint("devices", ORDER)
    heads = [line for line in answer.out.splitlines() if line.startswith("license ")]
    assert heads == [
        f"license 1 of {ORDER}, pro: 3 of 4 devices",
        f"license 2 of {ORDER}, pro: 0 of 4 devices",
    ]
    assert [answer.out.count(device.id) for device in desk.devices] == [1, 1, 1]
