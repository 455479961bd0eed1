"""A Mintpost that mails through a Postmark on the loopback, and an order for it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from fakes.postmark import FakePostmark
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from tests.support.running import Mintpost, Setup, running
from tests.support.stepping import stepping

SENDER = "Lumen <hello@lumenapp.example>"


@pytest.fixture
async def postmark() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


@pytest.fixture
async def mailer(postmark: FakePostmark) -> AsyncIterator[PostmarkEmailService]:
    account = PostmarkAccount(postmark.token, SENDER, api_url=postmark.url)
    service = PostmarkEmailService(account)
    yield service
    await service.aclose()


@pytest.fixture
async def mailing(setup: Setup, mailer: PostmarkEmailService) -> AsyncIterator[Mintpost]:
    setup.mailer = mailer
    async with running(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Mintpost]:
    """Start a Mintpost without Temporal, for a test whose promise the steps and the relay keep."""
    async with stepping(setup) as started:
        yield started


@pytest.fixture
async def mailing_stepped(setup: Setup, mailer: PostmarkEmailService) -> AsyncIterator[Mintpost]:
    setup.mailer = mailer
    async with stepping(setup) as started:
        yield started


@pytest.fixture
def order() -> str:
    """Return an unused order id, because Temporal may still end the run of an earlier test."""
    return f"{uuid4()}=="
