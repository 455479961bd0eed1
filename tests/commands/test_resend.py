"""`mintpost resend` keeps who asked."""

import pytest
from sqlalchemy import select

from commands.resend import run_resend
from db.tables import ResendRow
from tests.support.databases import ON_SQLITE
from tests.support.pings import order_of, recorded
from tests.support.running import Mintpost

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)


@ON_SQLITE
async def test_resend_by_a_user_without_a_name_is_kept_by_its_number(
    mintpost: Mintpost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    await mintpost.ping(ORDINARY)
    await mintpost.settled()
    await run_resend(mintpost.database, f"gumroad:{ORDER}", None, None, 10)
    asked = await mintpost.database.read(lambda session: session.scalar(select(ResendRow.asked_by)))
    assert asked == "user 4000000000"
