"""The settings of mail: the operator's address and the provider's token."""

from email.utils import parseaddr
from typing import Annotated

from pydantic import Field, HttpUrl, ValidationInfo, field_validator

from kit.environment import EnvironmentSettings
from settings.api_url import ApiUrl
from settings.values import Mailbox, Token


class OperatorSettings(EnvironmentSettings):
    operator_email: Mailbox | None = None

    def operator_address(self) -> str | None:
        return None if self.operator_email is None else parseaddr(self.operator_email)[1]


class MailSettings(EnvironmentSettings):
    postmark_token: Token | None = None


class MailerSettings(MailSettings):
    """The settings of the mail provider."""

    postmark_api_url: ApiUrl = HttpUrl("https://api.postmarkapp.com")
    postmark_message_stream: str = "outbound"
    email_from: Annotated[Mailbox | None, Field(validate_default=True)] = None
    email_reply_to: Mailbox | None = None

    @field_validator("email_from")
    @classmethod
    def _sender_for_a_real_provider(cls, sender: str | None, others: ValidationInfo) -> str | None:
        if sender is None and others.data.get("postmark_token") is not None:
            raise ValueError("is missing: POSTMARK_TOKEN is set, and a mail needs a sender")
        return sender
