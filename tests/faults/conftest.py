"""A Mintpost whose provider is on the loopback; whatever breaks, breaks for real."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from mailers.postmark import PostmarkAccount, PostmarkEmailService
from tests.mailers.fake_postmark import FakePostmark
from tests.support.running import Setup

SENDER = "Lumen <hello@lumenapp.example>"


@pytest.fixture
async def postmark() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


@pytest.fixture
async def mailing(setup: Setup, postmark: FakePostmark) -> AsyncIterator[Setup]:
    """Return a setup that mails; the test starts it itself."""
    account = PostmarkAccount(postmark.token, SENDER, api_url=postmark.url)
    async with aclosing(PostmarkEmailService(account)) as service:
        setup.mailer = service
        yield setup
