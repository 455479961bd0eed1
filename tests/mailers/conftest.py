from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from fakes.postmark import FakePostmark
from mailers.base import Attachment, Email, Mark
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService


@pytest.fixture
async def fake() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


@pytest.fixture
async def postmark(fake: FakePostmark) -> AsyncIterator[PostmarkEmailService]:
    account = PostmarkAccount(
        token=fake.token,
        sender="Example Shop <shop@example.org>",
        reply_to="help@example.org",
        message_stream="licenses",
        api_url=fake.url,
    )
    async with aclosing(PostmarkEmailService(account)) as mailer:
        yield mailer


@pytest.fixture
def email() -> Email:
    return Email(
        mark=Mark(12, "0f1e2d3c"),
        to="buyer@example.com",
        subject="Your license for Ünï Tools 👩‍👩‍👧",
        text="Your key: MINT-AAAAA-BBBBB\n",
        html='<p lang="en">Your key: <b>MINT-AAAAA-BBBBB</b> ✓</p>',
        attachments=(Attachment("license.jwt", b"eyJ.eyJ.sig", "application/jwt"),),
    )
