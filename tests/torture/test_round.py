"""Counts a round on a stack with only the provider and the database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import URL

from tests.db.correcting import RIGHT
from tests.db.rows import BUYER
from tests.torture.idle import idle_arena, mail_of, sold_before, sold_now
from tests.torture.stores import CopiedStore
from torture.orders import Order
from torture.plan import Correction, Schedule
from torture.quiet import QuietPatience
from torture.report import ProgressReporter, Result
from torture.run import Arena, torture
from torture.verdict import Breach


@pytest.fixture
async def place(sqlite: URL, tmp_path: Path) -> AsyncIterator[Arena]:
    store = CopiedStore(tmp_path / "mintpost.db", Path(str(sqlite.database)))
    async with idle_arena(tmp_path, store) as place:
        yield place


async def played(place: Arena, *corrections: Correction) -> Result:
    """Play a round in which no request is answered."""
    orders = tuple(correction.order for correction in corrections)
    empty = Schedule(1, "torture-1-", orders, (), (), corrections)
    patience = QuietPatience(look=0.01, no_progress=0.1)
    return await torture(empty, place, ProgressReporter(Console(quiet=True)), (), patience)


async def test_a_mail_under_way_for_ever_is_a_breach(place: Arena) -> None:
    host, _, port = place.postmark.url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    result = await played(place)
    writer.close()
    assert [breach.kind for breach in result.breaches] == ["stuck"]
    assert result.quiet_after is None


async def test_a_mail_of_the_round_before_is_counted_once(place: Arena) -> None:
    delivery_id = await place.database.write(sold_before)
    place.postmark.accepted.append(mail_of(delivery_id))
    what = f"delivery {delivery_id} was mailed again, a round later"
    assert (await played(place)).breaches == [Breach("doubled", "torture-0-sale", what)]
    assert (await played(place)).breaches == []


async def test_a_mail_without_a_delivery_is_a_breach(place: Arena) -> None:
    place.postmark.accepted.append(mail_of(99))
    assert [breach.kind for breach in (await played(place)).breaches] == ["doubled"]


async def test_a_mail_to_the_old_address_after_a_correction_is_a_breach(place: Arena) -> None:
    """The test sends the mail by hand, as a disobedient worker would."""
    delivery_id = await place.database.write(sold_now)
    place.postmark.accepted.append(mail_of(delivery_id + 1, BUYER))
    order = Order("torture-1-sale", BUYER)
    result = await played(place, Correction(0, order, RIGHT))
    assert result.evidence.asked == {"torture-1-sale": 1}
    assert [each.order_id for each in result.evidence.recorded] == ["torture-1-sale"]
    assert about_addresses(result) == [
        ("lost", "its corrected address never got its mail"),
        ("doubled", "a mail went to its mistyped address after that was corrected"),
    ]


async def test_a_correction_of_an_unknown_order_is_given_up(
    place: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torture.run.OPERATOR_SECONDS", 0.1)
    result = await played(place, Correction(0, Order("torture-1-sale", BUYER), RIGHT, waits=True))
    assert about_addresses(result) == [("lost", "its corrected address was never recorded")]
    assert place.postmark.refused == set()


def about_addresses(result: Result) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in result.breaches if "address" in each.what]
