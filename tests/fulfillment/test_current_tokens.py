"""The worker signs the token of a new license at once, without a look at the clock."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import LicenseRow
from kit.loop import Pauses
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Setup, running
from tests.support.waiting import until

NEVER = Pauses(idle=timedelta(days=1))
ORDINARY = recorded("01")


def token(session: Session) -> str | None:
    return session.scalar(select(LicenseRow.token))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_sale_and_its_refund_wake_the_loop(setup: Setup) -> None:
    setup.signing = NEVER
    async with running(setup) as mintpost:
        await mintpost.ping(ORDINARY)

        async def signed() -> str | None:
            return await mintpost.database.read(token)

        first = await until(signed, "the new license has its token")
        await mintpost.settled()
        await mintpost.ping(changed(recorded("12"), sale_id=order_of(ORDINARY)))
        await mintpost.settled()
        assert await until(signed, "the refunded license has its token") == first
        (license_,) = await mintpost.licenses()
        assert license_.status == "revoked"
