"""Writes mails to a folder when no provider is set."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar

from typing_extensions import override

from domain.delivery import DeliveryStatus
from domain.errors import DeliveryInDoubtError, MailBuiltWronglyError, MailerAwayError
from domain.findings import Finding, warning
from kit.addresses import mailable
from kit.private_files import replace_private
from mailers.base import AUTOMATIC, PATIENCE, Email, EmailService, Mark, Receipt, Safeguard
from mailers.outbox.encoded_words import mailbox_header, subject_header

logger = logging.getLogger("mailers.outbox")

NOBODY_GETS_IT = (
    "POSTMARK_TOKEN is not set, so mails are only written into outbox/: nobody gets them"
)
SET_UP = "set POSTMARK_TOKEN, start the worker again, and run mintpost resend --status logged"


class LoggingEmailService(EmailService):
    """Writes `delivery-<id>.eml`, the whole message, and `.html`, its page for a browser.

    A digest of alerts is `digest-<id>.eml`.

    `sender` and `reply_to` are one mailbox each, with or without a display name.
    """

    provider: ClassVar[str] = "logging"
    safeguard: ClassVar[Safeguard] = Safeguard.LOOK_UP

    def __init__(
        self,
        outbox: Path,
        sender: str = "Mintpost <mintpost@localhost>",
        reply_to: str | None = None,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._reply_to = reply_to

    @override
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt:
        message, page = self._encode(email)
        file = self._file(email.mark)
        try:
            # The message is written last, because `find` takes it as the proof of sending.
            await asyncio.to_thread(_write, file.with_suffix(".html"), page)
            await asyncio.to_thread(_write, file, message)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise MailerAwayError("the outbox folder", f"cannot be written ({why})") from None
        logger.info("sent %s %d into the outbox: %s", email.mark.kind, email.delivery_id, file)
        return Receipt(DeliveryStatus.LOGGED, file.name)

    @override
    async def find(self, mark: Mark, patience: timedelta = PATIENCE) -> Receipt | None:
        file = self._file(mark)
        try:
            found = await asyncio.to_thread(_contains, file, _message_id(mark).encode())
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise DeliveryInDoubtError("the outbox folder", f"cannot be read ({why})") from None
        return Receipt(DeliveryStatus.LOGGED, file.name) if found else None

    @override
    async def check(
        self, public: str | None, patience: timedelta = PATIENCE, *, unset: str | None = None
    ) -> Sequence[Finding]:
        return [warning("mail", NOBODY_GETS_IT, SET_UP)]

    @override
    async def aclose(self) -> None:
        pass

    def _file(self, mark: Mark) -> Path:
        return self._outbox / f"{mark.kind}-{mark.delivery_id}.eml"

    def _encode(self, email: Email) -> tuple[bytes, bytes]:
        try:
            return self._head(email) + self._message(email).as_bytes(), email.html.encode()
        except UnicodeEncodeError:
            detail = "the mail holds half a character"
            raise MailBuiltWronglyError("the outbox", email.delivery_id, detail=detail) from None

    def _head(self, email: Email) -> bytes:
        mailboxes = {"From": self._sender, "Reply-To": self._reply_to}
        lines = [mailbox_header(name, box) for name, box in mailboxes.items() if box]
        return b"".join((*lines, subject_header(email.subject)))

    def _message(self, email: Email) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["To"] = Address(addr_spec=mailable(email.to, email.delivery_id))
        for name, value in AUTOMATIC:
            message[name] = value
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = _message_id(email.mark)
        message.set_content(email.text)
        message.add_alternative(email.html, subtype="html")
        for attachment in email.attachments:
            maintype, _, subtype = attachment.content_type.partition("/")
            message.add_attachment(
                attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name
            )
        return message


def _message_id(mark: Mark) -> str:
    return f"<{mark.reference}@mintpost.localhost>"


def _contains(file: Path, message_id: bytes) -> bool:
    try:
        return message_id in file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return False


def _write(file: Path, content: bytes) -> None:
    """Write a private file, because a mail holds an address and a license key."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_private(file, content)
