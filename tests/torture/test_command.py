"""`mintpost torture` tells a broken promise, on a stack with only the provider and the database."""

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.db.rows import BUYER
from tests.support.commanding import Run
from tests.torture.conftest import folders_in
from tests.torture.idle import idle_arena, mail_of, sold_before
from tests.torture.stores import CopiedStore
from torture.orders import Order
from torture.plan import Schedule
from torture.run import Arena


@pytest.fixture
def mailed_again(sqlite: URL, clean: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the command find that an earlier mail came again. Return the parent of its folder."""

    @asynccontextmanager
    async def arena(data_dir: Path, *_: object) -> AsyncIterator[Arena]:
        store = CopiedStore(data_dir / "mintpost.db", Path(str(sqlite.database)))
        async with idle_arena(data_dir, store) as place:
            delivery_id = await place.database.write(sold_before)
            place.postmark.accepted.append(mail_of(delivery_id))
            yield place

    def one_never_sent(seed: int, *_: object) -> Schedule:
        order = Order(f"torture-{seed}-sale", BUYER)
        return Schedule(seed, f"torture-{seed}-", (order,), (), ())

    clean.setattr("torture.command.arena", arena)
    clean.setattr("torture.command.make_schedule", one_never_sent)
    clean.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_breach_is_named_with_its_sale_and_its_seed_and_keeps_the_folder(
    mailed_again: Path, mint: Run
) -> None:
    told = mint("torture", "--sales=1", "--seed=1")
    assert told.code == 1
    assert re.search(r"doubled +torture-0-sale  delivery \d+ was mailed again", told.out)
    (folder,) = folders_in(mailed_again)
    assert f"data and logs: {folder}" in told.out
    assert told.err == "a promise is broken; `--seed 1` does the same again\n"
