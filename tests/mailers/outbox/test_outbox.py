import logging
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from domain.errors import MailerAwayError
from mailers.base import Email
from mailers.outbox.service import LoggingEmailService


def _read(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def test_the_file_is_a_whole_message(tmp_path: Path, email: Email) -> None:
    mailer = LoggingEmailService(tmp_path, "Shop, The <shop@example.org>", "help@example.org")

    receipt = await mailer.send(replace(email, to="Buyer@bücher.example"))

    message = _read(tmp_path / "delivery-12.eml")
    assert receipt.message_id == "delivery-12.eml"
    assert message["To"] == "Buyer@xn--bcher-kva.example"
    assert message["Reply-To"] == "help@example.org"
    assert message["Subject"] == email.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert {"Date", "Message-ID", "From"} <= set(message)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == email.text.splitlines()
    assert html.get_content().splitlines() == [email.html]
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "license.jwt"
    assert attached.get_content_type() == "application/jwt"
    assert attached.get_content() == b"eyJ.eyJ.sig"


@pytest.mark.parametrize("subject", ["éüa漢漢é  éübb 漢漢ébéüa漢b  漢", "  ", "=?utf-8?q?no?="])
async def test_a_subject_is_read_back_as_it_was_written(
    tmp_path: Path, email: Email, subject: str
) -> None:
    await LoggingEmailService(tmp_path, "Größe 店 <shop@example.org>").send(
        replace(email, subject=subject)
    )

    message = _read(tmp_path / "delivery-12.eml")
    assert message["Subject"] == subject
    assert message["From"].addresses[0].display_name == "Größe 店"


async def test_the_page_is_written_beside_the_message(tmp_path: Path, email: Email) -> None:
    await LoggingEmailService(tmp_path / "new" / "outbox").send(email)

    assert (tmp_path / "new" / "outbox" / "delivery-12.html").read_text() == email.html


async def test_only_the_owner_can_read_it_and_nothing_else_is_left(
    tmp_path: Path, email: Email
) -> None:
    await LoggingEmailService(tmp_path).send(email)

    assert _modes(tmp_path) == {"delivery-12.eml": 0o600, "delivery-12.html": 0o600}


async def test_the_log_names_the_delivery_and_the_file_and_nobody(
    tmp_path: Path, email: Email, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await LoggingEmailService(tmp_path).send(email)

    [line] = [record.getMessage() for record in caplog.records if record.name == "mailers.outbox"]
    assert line == f"sent delivery 12 into the outbox: {tmp_path / 'delivery-12.eml'}"


async def test_a_mail_sent_again_replaces_the_first(tmp_path: Path, email: Email) -> None:
    mailer = LoggingEmailService(tmp_path)
    await mailer.send(email)

    await mailer.send(replace(email, subject="Again"))

    assert _read(tmp_path / "delivery-12.eml")["Subject"] == "Again"


async def test_a_folder_that_cannot_be_written_is_waited_for(tmp_path: Path, email: Email) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    mailer = LoggingEmailService(tmp_path / "outbox")

    with pytest.raises(MailerAwayError, match=r"cannot be written \(.+\); nothing was sent"):
        await mailer.send(email)

    assert await mailer.find(email.mark) is None


async def test_a_message_that_cannot_be_put_in_place_leaves_no_scraps(
    tmp_path: Path, email: Email
) -> None:
    (tmp_path / "delivery-12.eml").mkdir()

    with pytest.raises(MailerAwayError):
        await LoggingEmailService(tmp_path).send(email)

    assert set(_modes(tmp_path)) == {"delivery-12.eml", "delivery-12.html"}
