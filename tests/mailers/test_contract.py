"""The promises of every mailer. A new mailer is one line in MAILERS."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import MailBuiltWronglyError, RecipientRefusedError
from fakes.postmark import FakePostmark
from mailers.base import Email, EmailService, Mark, Safeguard
from mailers.outbox.service import LoggingEmailService
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

Maker = Callable[[FakePostmark, Path], EmailService]


def _postmark(fake: FakePostmark, _: Path) -> EmailService:
    return PostmarkEmailService(PostmarkAccount(fake.token, "shop@example.org", api_url=fake.url))


def _outbox(_: FakePostmark, folder: Path) -> EmailService:
    return LoggingEmailService(folder / "outbox")


MAILERS: tuple[Maker, ...] = (_postmark, _outbox)

NOT_MAILABLE = (
    "",
    "buyer",
    "buyer@localhost",
    "buyer@192.0.2.1",
    "buyer@[192.0.2.1]",
    "Buyer <buyer@example.com>",
    '"buyer"@example.com',
    "büyer@example.com",
    "buyer@example.com,other@example.com",
    "buyer,other@example.com",
    "buyer@example.com\r\nBcc: other@example.com",
    "buyer@example.com\n",
    "buyer\0@example.com",
    "buyer@example.com ",
    "buyer@\ud800.example.com",
)


@pytest.fixture(params=MAILERS)
async def mailer(
    request: pytest.FixtureRequest, fake: FakePostmark, tmp_path: Path
) -> AsyncIterator[EmailService]:
    make: Maker = request.param
    async with aclosing(make(fake, tmp_path)) as mailer:
        yield mailer


@pytest.fixture
def finder(mailer: EmailService) -> EmailService:
    if mailer.safeguard is not Safeguard.LOOK_UP:
        pytest.skip("it can look nothing up")
    return mailer


async def test_the_declared_safeguard_exists(
    mailer: EmailService,
) -> None:
    looks_up = type(mailer).find is not EmailService.find

    assert mailer.safeguard in Safeguard
    assert looks_up == (mailer.safeguard is Safeguard.LOOK_UP)


async def test_a_sent_mail_has_a_receipt(mailer: EmailService, email: Email) -> None:
    receipt = await mailer.send(email)

    assert receipt.message_id
    assert receipt.remark is None


async def test_a_sent_mail_is_found_by_its_mark(finder: EmailService, email: Email) -> None:
    receipt = await finder.send(email)

    assert await finder.find(email.mark) == receipt


async def test_a_mail_that_was_never_sent_is_not_found(finder: EmailService, email: Email) -> None:
    await finder.send(email)

    assert await finder.find(replace(email.mark, delivery_id=13)) is None
    assert await finder.find(Mark(1, "0f1e2d3c")) is None


async def test_a_mail_of_another_installation_is_not_taken_for_ours(
    finder: EmailService, email: Email
) -> None:
    await finder.send(email)

    assert await finder.find(replace(email.mark, reference="c3d2e1f0")) is None


async def test_two_deliveries_have_two_message_ids(mailer: EmailService, email: Email) -> None:
    first = await mailer.send(email)
    second = await mailer.send(replace(email, mark=Mark(13, "0f1e2d3c")))

    assert first.message_id != second.message_id


@pytest.mark.parametrize("address", NOT_MAILABLE)
async def test_an_address_that_is_not_exactly_one_is_refused_before_anything_leaves(
    mailer: EmailService, email: Email, address: str
) -> None:
    with pytest.raises(RecipientRefusedError) as caught:
        await mailer.send(replace(email, to=address))

    assert "delivery 12" in caught.value.sentence
    assert "@" not in caught.value.sentence
    assert caught.value.detail is None
    if mailer.safeguard is Safeguard.LOOK_UP:
        assert await mailer.find(email.mark) is None


async def test_half_a_character_is_a_mail_built_wrongly(mailer: EmailService, email: Email) -> None:
    with pytest.raises(MailBuiltWronglyError):
        await mailer.send(replace(email, text="\ud83d"))


@pytest.mark.parametrize("hostile", ["a\r\nBcc: x@example.com", "a\nb", "a\0", "a\u2028b"])
def test_no_mail_can_even_be_made_with_a_second_header_in_its_subject(
    email: Email, hostile: str
) -> None:
    with pytest.raises(ValueError, match="control character"):
        replace(email, subject=hostile)
