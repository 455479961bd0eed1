"""Sends mail through Postmark's API: one POST per mail, one GET to look a mail up.

Postmark has no idempotency key: a second POST is a second mail. So this file never repeats a
request, and every failure says if the mail is surely not sent.
"""

import asyncio
import base64
import json
import ssl
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import ClassVar

import httpx
from typing_extensions import override

from domain.delivery import DeliveryStatus
from domain.errors import DeliveryInDoubtError, MailBuiltWronglyError
from domain.findings import Finding
from kit.addresses import mailable
from mailers.base import (
    AUTOMATIC,
    PATIENCE,
    Attachment,
    Email,
    EmailService,
    MailKind,
    Mark,
    Receipt,
    Safeguard,
)
from mailers.http_failures import asking_failure, sending_failure, translated_failures
from mailers.postmark.answers import read_answer, read_listing
from mailers.postmark.checking import PostmarkCheck
from mailers.postmark.values import NAME
from mailers.postmark.verdicts import PROVIDER, receipt_of, refused_settings, trouble

API_URL = "https://api.postmarkapp.com"
TAGS = {MailKind.DELIVERY: "license", MailKind.DIGEST: "alert"}
LARGEST_REQUEST = 10_000_000


@dataclass(frozen=True, slots=True)
class PostmarkAccount:
    """The account. `sender` and `reply_to` are one mailbox each, with or without a display name."""

    token: str = field(repr=False)
    sender: str
    reply_to: str | None = None
    message_stream: str = "outbound"
    api_url: str = API_URL


class PostmarkEmailService(EmailService):
    provider: ClassVar[str] = NAME
    safeguard: ClassVar[Safeguard] = Safeguard.LOOK_UP
    reports: ClassVar[bool] = True
    confirms_senders: ClassVar[bool] = True

    def __init__(
        self, account: PostmarkAccount, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._account = account
        # Connections are not reused. If Postmark closed a reused connection at that moment, the
        # mail would be in doubt.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(limits=limits, transport=transport, verify=_tls())

    @override
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt:
        body = self._encode(email)
        with translated_failures(sending_failure, PROVIDER):
            response = await self._call("email", patience, content=body)
        return receipt_of(read_answer(response), email.delivery_id, self._account.message_stream)

    @override
    async def find(self, mark: Mark, patience: timedelta = PATIENCE) -> Receipt | None:
        search = self._search(mark)
        with translated_failures(asking_failure, PROVIDER):
            response = await self._call("messages/outbound", patience, params=search)
        return _found(response, mark)

    @override
    async def check(
        self, public: str | None, patience: timedelta = PATIENCE, *, unset: str | None = None
    ) -> Sequence[Finding]:
        def ask(path: str, params: dict[str, str]) -> Awaitable[httpx.Response]:
            return self._call(path, patience, params=params)

        account = self._account
        look = PostmarkCheck(ask, account.token, account.message_stream, public, unset)
        return await look.findings()

    @override
    async def provider_time(self, patience: timedelta = PATIENCE) -> datetime | None:
        with translated_failures(asking_failure, PROVIDER):
            response = await self._call("server", patience)
            return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)

    @override
    async def aclose(self) -> None:
        await self._client.aclose()

    async def _call(
        self,
        path: str,
        patience: timedelta,
        *,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> httpx.Response:
        seconds = patience.total_seconds()
        request = self._client.build_request(
            "GET" if content is None else "POST",
            f"{self._account.api_url.rstrip('/')}/{path}",
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                "X-Postmark-Server-Token": self._account.token,
            },
            content=content,
            params=params,
            # The connect timeout is shorter, because without a connection the mail is surely not
            # sent.
            timeout=httpx.Timeout(seconds, connect=seconds / 3),
        )
        # httpx limits each read separately, so a slow answer could take for ever.
        async with asyncio.timeout(seconds):
            return await self._client.send(request)

    def _encode(self, email: Email) -> bytes:
        # The size is checked here, because Postmark's 413 aborts the upload, which would leave a
        # doubt.
        try:
            body = json.dumps(self._message(email), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            detail = "the mail holds half a character"
            raise MailBuiltWronglyError(PROVIDER, email.delivery_id, detail=detail) from None
        if len(body) > LARGEST_REQUEST:
            detail = f"the mail has {len(body)} bytes, and {LARGEST_REQUEST} are the limit"
            raise MailBuiltWronglyError(PROVIDER, email.delivery_id, detail=detail)
        return body

    def _message(self, email: Email) -> dict[str, object]:
        # Tracking would rewrite links and add an image. Postmark refuses unknown keys.
        message: dict[str, object] = {
            "From": self._account.sender,
            "ReplyTo": self._account.reply_to,
            "To": mailable(email.to, email.delivery_id),
            "Subject": email.subject,
            "TextBody": email.text,
            "HtmlBody": email.html,
            "Headers": [{"Name": name, "Value": value} for name, value in AUTOMATIC],
            "MessageStream": self._account.message_stream,
            "Tag": TAGS[email.mark.kind],
            "TrackOpens": False,
            "TrackLinks": "None",
            "Metadata": {"delivery": email.mark.name, "reference": email.mark.reference},
            "Attachments": [_attached(attachment) for attachment in email.attachments],
        }
        return {name: value for name, value in message.items() if value not in (None, "", [])}

    def _search(self, mark: Mark) -> dict[str, str]:
        # Without a stream, Postmark searches only `outbound`, and a sent mail would look unsent.
        return {
            "count": "50",
            "offset": "0",
            "messagestream": self._account.message_stream,
            "metadata_delivery": mark.name,
        }


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _attached(attachment: Attachment) -> dict[str, str]:
    return {
        "Name": attachment.name,
        "Content": base64.b64encode(attachment.content).decode(),
        "ContentType": attachment.content_type,
    }


def _found(response: httpx.Response, mark: Mark) -> Receipt | None:
    answer = read_answer(response)
    if not answer.ok:
        raise trouble(answer) or refused_settings(answer)
    listed = read_listing(response)
    if listed is None:
        raise DeliveryInDoubtError(PROVIDER, "gave a list of mails that cannot be read")
    # Postmark does not document its filter exactly, so each hit is compared.
    ours = [message for message in listed if message.is_marked(mark)]
    if not ours:
        return None
    remark = f"Postmark lists {len(ours)} mails of this delivery" if len(ours) > 1 else None
    return Receipt(DeliveryStatus.ACCEPTED, ours[-1].message_id, remark)
