"""Postmark reports a mail whose answer was lost: the sale goes through, with one mail."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from activities.email import MailPatience
from fakes.postmark import Accepted, FakePostmark
from fakes.reactions import Reaction
from mailers.postmark.door import PostmarkDoor
from mailers.postmark.service import PostmarkEmailService
from tests.support.pings import changed, recorded
from tests.support.postmark_reports import body
from tests.support.running import Mintpost, Setup, running, running_api, web_parts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEVER_LISTED = timedelta(days=1)
LOST = Reaction(kept=True, end="reset", listed_after=NEVER_LISTED)
SECRET = "a secret of sixteen"


@dataclass(frozen=True, slots=True)
class Reporting:
    mintpost: Mintpost
    url: str

    async def report(self, mail: Accepted, which: str = "delivery", **told: object) -> None:
        """Call the webhook as Postmark does about this mail."""
        told |= {"MessageID": mail.message_id, "Metadata": mail.message["Metadata"]}
        answer = await self.mintpost.http.post(
            f"{self.url}/webhooks/postmark", params={"secret": SECRET}, content=body(which, **told)
        )
        assert answer.json() == {"recorded": True}


@pytest.fixture
async def reporting(setup: Setup, mailer: PostmarkEmailService) -> AsyncIterator[Reporting]:
    setup.mailer = mailer
    # Without a report, the mail would be in doubt for an hour.
    setup.patience = MailPatience(timedelta(hours=1), visible=timedelta(seconds=1))
    async with running(setup) as mintpost:
        doors = {"postmark": PostmarkDoor([SECRET])}
        async with running_api(replace(web_parts(setup), mail_doors=doors)) as url:
            yield Reporting(mintpost, url)


async def test_a_mail_in_doubt_ends_with_postmarks_report(
    reporting: Reporting, postmark: FakePostmark
) -> None:
    postmark.reactions = deque([LOST])
    await reporting.mintpost.ping(changed(recorded("01"), sale_id="reported"))
    await reporting.mintpost.parked()
    (mail,) = postmark.accepted
    await reporting.report(mail)
    (event,) = await reporting.mintpost.settled()
    assert event.outcome == "fulfilled"
    assert len(postmark.accepted) == 1
    (delivery,) = await reporting.mintpost.deliveries()
    assert (delivery.status, delivery.message_id) == ("delivered", mail.message_id)
    await reporting.report(mail, "hard_bounce", BouncedAt="2099-01-01T00:00:00Z")
    (delivery,) = await reporting.mintpost.deliveries()
    assert str(delivery.error).endswith("`mintpost resend gumroad:reported --to ADDRESS`")
