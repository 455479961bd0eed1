"""A sale goes on after an outage of the database in the middle."""

import pytest
from sqlalchemy import URL

from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from tests.support.outage import postgres_away
from tests.support.pings import order_of, recorded
from tests.support.running import Mintpost
from tests.support.waiting import until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_sale_goes_on_when_the_database_is_back(
    mailing: Mintpost, postmark: FakePostmark, database_url: URL
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    await mailing.parked()
    run = mailing.run_of(ORDER)

    async def told() -> bool | None:
        pending = (await run.describe()).raw_description.pending_activities
        sentences = [activity.last_failure.message for activity in pending]
        away = "the database cannot be used right now ("
        return any(sentence.startswith(away) for sentence in sentences) or None

    with postgres_away(database_url):
        await until(told, "the step says that the database is away")
        postmark.default = ACCEPT
    (event,) = await mailing.settled()
    assert (event.outcome, event.error) == ("fulfilled", None)
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1
