"""A Mintpost with a provider on the loopback. Every fault is real."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from temporalio.client import Client

from fakes.postmark import FakePostmark
from licensing.private_keys import generate_private_key
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from tests.support.running import PRODUCTS, SECRET, Setup

SENDER = "Lumen <hello@lumenapp.example>"


@pytest.fixture
async def postmark() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


@pytest.fixture
async def mailing(setup: Setup, postmark: FakePostmark) -> AsyncIterator[Setup]:
    """Return a setup that mails. The test starts it."""
    account = PostmarkAccount(postmark.token, SENDER, api_url=postmark.url)
    async with aclosing(PostmarkEmailService(account)) as service:
        setup.mailer = service
        yield setup


@pytest.fixture
def environment(setup: Setup, client: Client, postmark: FakePostmark) -> dict[str, str]:
    """Return the environment of an API and a worker on this database."""
    (setup.folder / "products.yaml").write_text(PRODUCTS)
    return {
        "DATABASE_URL": setup.database.engine.url.render_as_string(hide_password=False),
        "DATA_DIR": str(setup.folder),
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "GUMROAD_WEBHOOK_SECRET": SECRET,
        "LICENSE_SIGNING_KEY": generate_private_key(),
        "POSTMARK_TOKEN": postmark.token,
        "POSTMARK_API_URL": postmark.url,
        "EMAIL_FROM": SENDER,
        "EMAIL_LOOKUP_SECONDS": "5",
    }
