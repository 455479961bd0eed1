"""Postmark's door: a secret in the webhook's URL, because Postmark signs nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from domain.mail_reports import MailReport
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import MatchedSecret, live
from kit.doors.url_secret import UrlSecrets
from kit.doors.url_secret_causes import why_secret_refused
from mailers.doors import MailDoor
from mailers.postmark.reports import read_report
from mailers.postmark.values import NAME


class PostmarkDoor(MailDoor):
    name: ClassVar[str] = NAME
    address_ends: ClassVar[str] = "?secret=..."
    setup_advice: ClassVar[str] = (
        "make one with `openssl rand -hex 24`, set it here and in the webhook's address at Postmark"
    )
    trial: ClassVar[str] = "save the webhook at Postmark once more, which tries its address"

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = UrlSecrets(live(secrets))
        self._missing = None if secrets else "POSTMARK_WEBHOOK_SECRET"

    @override
    def screen(self, envelope: Envelope, at: datetime) -> MatchedSecret | None:
        return self._secrets.match(envelope)

    @override
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        return why_secret_refused(envelope)

    @override
    def missing(self) -> str | None:
        return self._missing

    @override
    def read(self, body: bytes) -> MailReport | None:
        return read_report(body)
