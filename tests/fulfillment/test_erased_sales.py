"""A sale whose buyer was erased: its license is good, and a reset of its run mails nobody."""

import pytest

from operations.erase import Places, erase, rewrite_file
from relay.spool import Spool
from tests.support.person import left_in
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost
from tests.support.temporal import reset

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EMAIL, NAME = "ada.erased@example.com", "Ada Erased"


async def test_a_reset_after_an_erasure_mails_nobody_and_keeps_the_license(
    mintpost: Mintpost, order: str
) -> None:
    body = changed(recorded("01"), sale_id=order, email=EMAIL, full_name=NAME)
    await mintpost.ping(body)
    await mintpost.settled()
    (license_,) = await mintpost.licenses()
    places = Places(mintpost.database, Spool(mintpost.outbox / "spool"), mintpost.outbox)
    erase(EMAIL, places, preview=False)
    rewrite_file(mintpost.database, "erased")
    await reset(mintpost.client, mintpost.run_of(order_of(body)))
    await mintpost.run_of(order).result()
    (event,) = await mintpost.settled()
    assert event.outcome == "fulfilled"
    assert [each.key for each in await mintpost.licenses()] == [license_.key]
    assert [each.status for each in await mintpost.deliveries()] == ["logged"]
    assert [*mintpost.outbox.glob("delivery-*")] == []
    assert left_in(mintpost.database, (EMAIL, NAME)) == []
