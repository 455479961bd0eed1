"""The contract of a mailer's door: the provider's calls to `/webhooks/<mailer>` about our mails.

The API opens the doors, and cannot send: no door imports its mailer's service.
`tests/mailers/test_doors.py` runs over all of them.
"""

from abc import abstractmethod
from typing import ClassVar

from domain.mail_reports import MailReport
from kit.doors.base import WebhookDoor


class UnreadableReportError(Exception):
    """The body is no report in any form that the provider documents."""


class MailDoor(WebhookDoor):
    """Authenticates a provider's call and reads its report."""

    sells: ClassVar[bool] = False
    afterwards: ClassVar[str] = (
        "look at the provider for the mails whose state it could not tell meanwhile"
    )

    @abstractmethod
    def read(self, body: bytes) -> MailReport | None:
        """Read the report; None for a probe, and for what changes no mail's state.

        Raises UnreadableReportError, and nothing else.
        """
