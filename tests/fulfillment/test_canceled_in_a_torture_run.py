"""Torture cancels a sale while the provider has its mail, and replays it until it is fulfilled."""

import pytest

from fakes.postmark import FakePostmark
from fakes.reactions import Reaction, Request, refuse
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost
from tests.support.waiting import until
from torture.at_rest import look_at_rest, states_left
from torture.replaying import Replayer


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_canceled_sale_is_fulfilled_with_one_mail_and_is_listed_until_then(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    said: list[str] = []
    replayer = Replayer(mailing.database, mailing.client, "gumroad", said.append)

    async def listed() -> str | None:
        return dict(await states_left(mailing.client)).get(f"gumroad:{order}")

    async def canceled(request: Request) -> None:
        assert await until(listed, "Temporal lists the sale") == "parked"
        shown = await look_at_rest(mailing.database, mailing.client)
        assert [each.cause for each in shown.alarms if order in each.sentence]
        await replayer.cancel(request)

    postmark.reactions += [
        refuse(503, 100),  # The mail waits where a cancellation reaches its run at once.
        Reaction(kept=True, meanwhile=canceled),
    ]
    await mailing.ping(changed(recorded("01"), sale_id=order))
    await mailing.settled()
    assert await replayer.finish()
    assert not await replayer.finish()
    assert [event.outcome for event in await mailing.events()] == ["fulfilled"]
    assert len(postmark.accepted) == len(await mailing.licenses()) == 1
    assert said == [f"gumroad:{order} was canceled, and is replayed: fulfilled"]
    assert await listed() is None
    assert (await look_at_rest(mailing.database, mailing.client)).alarms == ()
