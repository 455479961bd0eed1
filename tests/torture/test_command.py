"""Runs `mintpost torture` to its end, on a stack with only the provider and the database."""

import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, update
from sqlalchemy.orm import Session

from db.tables import LicenseRow
from tests.db.rows import BUYER
from tests.support.commanding import Answer, Run
from tests.torture.conftest import folders_in
from tests.torture.idle import idle_arena, mail_of, sold_before, sold_now
from tests.torture.stores import CopiedStore
from torture.orders import SOME_DAY, TERM, Order
from torture.plan import Schedule
from torture.run import Arena

Sold = Callable[[Session], int]
Torture = Callable[[Sold], Answer]


@pytest.fixture
def tortured(sqlite: URL, clean: pytest.MonkeyPatch, mint: Run, tmp_path: Path) -> Torture:
    """Run the command with a sale that was stored and mailed once, and with nothing to send."""

    def planned(seed: int, *_: object) -> Schedule:
        order = Order(f"torture-{seed}-sale", BUYER)
        return Schedule(seed, f"torture-{seed}-", (order,), (), ())

    def run(sold: Sold) -> Answer:
        @asynccontextmanager
        async def arena(data_dir: Path, *_: object) -> AsyncIterator[Arena]:
            store = CopiedStore(data_dir / "mintpost.db", Path(str(sqlite.database)))
            async with idle_arena(data_dir, store) as place:
                place.postmark.accepted.append(mail_of(await place.database.write(sold)))
                yield place

        clean.setattr("torture.command.arena", arena)
        clean.setattr("torture.command.make_schedule", planned)
        clean.setattr(tempfile, "tempdir", str(tmp_path))
        return mint("torture", "--sales=1", "--seed=1")

    return run


def test_a_breach_is_named_with_its_sale_and_its_seed_and_keeps_the_folder(
    tortured: Torture, tmp_path: Path
) -> None:
    """The mail of an earlier round comes again."""
    told = tortured(sold_before)
    assert told.code == 1
    assert re.search(r"doubled +torture-0-sale  delivery \d+ was mailed again", told.out)
    (folder,) = folders_in(tmp_path)
    assert f"data and logs: {folder}" in told.out
    assert told.err == "a promise is broken; `--seed 1` does the same again\n"


def sold_for_a_month(session: Session) -> int:
    delivery_id = sold_now(session)
    session.execute(update(LicenseRow).values(expires_at=TERM.end(SOME_DAY)))
    return delivery_id


def test_a_run_without_a_breach_ends_well_and_cleans_up(tortured: Torture, tmp_path: Path) -> None:
    told = tortured(sold_for_a_month)
    assert (told.code, told.err) == (0, ""), told.out
    assert "lost = 0  doubled = 0" in told.out
    assert folders_in(tmp_path) == []
