from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from fakes.postmark import FakePostmark
from mailers.base import Attachment, Email, Mark
from mailers.postmark import PostmarkAccount, PostmarkEmailService
from mailers.rendering import LicenseLetter, Templates


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


@pytest.fixture
def letter() -> LicenseLetter:
    return LicenseLetter(
        product_name="Data Tools",
        name="Ada Lovelace",
        key="MINT-7K3QF-X9D2M-4TWPC-8HRVN-B5YGJ",
        tier="Pro",
        expires_at=datetime(2027, 3, 2, 14, 5, tzinfo=UTC),
        seats=5,
        test=False,
        order_reference="gumroad:9f2b1c7e==",
        activate="https://datatools.example.com/activate",
        reply_to="help@example.org",
    )


@pytest.fixture
def templates() -> Templates:
    return Templates()
