"""Torture cancels a sale while the provider has its mail, and replays it until it is fulfilled."""

import pytest

from fakes.postmark import FakePostmark
from fakes.reactions import Reaction, refuse
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost
from torture.replaying import Replayer


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_canceled_sale_is_fulfilled_with_one_mail(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    said: list[str] = []
    replayer = Replayer(mailing.database, mailing.client, "gumroad", said.append)
    postmark.reactions += [
        refuse(503, 100),  # The mail waits where a cancellation reaches its run at once.
        Reaction(kept=True, meanwhile=replayer.cancel),
    ]
    await mailing.ping(changed(recorded("01"), sale_id=order))
    await mailing.settled()
    assert await replayer.finish()
    assert not await replayer.finish()
    assert [event.outcome for event in await mailing.events()] == ["fulfilled"]
    assert len(postmark.accepted) == len(await mailing.licenses()) == 1
    assert said == [f"gumroad:{order} was canceled, and is replayed: fulfilled"]
