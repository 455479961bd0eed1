"""The settings of the worker."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, ValidationInfo, field_validator

from settings.api_url import ApiUrl
from settings.database import KeeperSettings
from settings.mail import MailSettings, OperatorSettings
from settings.observing import ObservingSettings
from settings.products import ProductsSettings
from settings.signing import SigningSettings
from settings.templates import TemplatesDir
from settings.values import Mailbox


class WorkerSettings(
    KeeperSettings,
    ProductsSettings,
    SigningSettings,
    OperatorSettings,
    MailSettings,
    ObservingSettings,
):
    postmark_api_url: ApiUrl = HttpUrl("https://api.postmarkapp.com")
    postmark_message_stream: str = "outbound"
    email_from: Annotated[Mailbox | None, Field(validate_default=True)] = None
    email_reply_to: Mailbox | None = None
    shop_name: str | None = None
    shop_url: HttpUrl | None = None
    email_lookup_seconds: Annotated[float, Field(ge=0, le=86_400)] = 300
    templates_dir: TemplatesDir | None = None
    worker_health_file: Path | None = None

    @field_validator("email_from")
    @classmethod
    def _sender_for_a_real_provider(cls, sender: str | None, others: ValidationInfo) -> str | None:
        if sender is None and others.data.get("postmark_token") is not None:
            raise ValueError("is missing: POSTMARK_TOKEN is set, and a mail needs a sender")
        return sender
