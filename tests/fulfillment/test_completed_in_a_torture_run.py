"""The fault of a torture run that completes a pending step: it strikes while the mail is owed."""

from pathlib import Path

import pytest

from embedded.stack import Stack, StackPlan
from fakes.postmark import FakePostmark
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost
from tests.torture.shops import SHOP
from torture.database import SqliteStore
from torture.faults import Faults
from torture.plan import Disturbance, Fault


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_step_is_completed_before_its_mail_is_taken(
    mailing: Mintpost, postmark: FakePostmark, order: str, tmp_path: Path
) -> None:
    said: list[str] = []
    stack = Stack(StackPlan(tmp_path, 1, 1, 1, {}))
    store = SqliteStore(tmp_path / "unused.db")
    client, database = mailing.client, mailing.database
    faults = Faults(stack, postmark, store, database, client, SHOP, said.append)
    await faults.do_all([Disturbance(0, Fault.COMPLETED_BY_HAND)])
    await mailing.ping(changed(recorded("01"), sale_id=order))
    (event,) = await mailing.settled()
    assert (event.outcome, event.error) == ("fulfilled", None)
    (delivery,) = await mailing.deliveries()
    assert (delivery.status, len(postmark.accepted)) == ("accepted", 1)
    assert said == [
        f"a pending step is completed by hand while its mail is owed (delivery {delivery.id})",
        f"that step was completed by hand (delivery {delivery.id})",
    ]
    assert postmark.refused == set()
