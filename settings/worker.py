"""The settings of the worker."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl

from settings.database import KeeperSettings
from settings.mail import MailerSettings, OperatorSettings
from settings.observing import ObservingSettings
from settings.products import ProductsSettings
from settings.public import PublicSettings
from settings.signing import SigningSettings
from settings.templates import TemplatesDir


class WorkerSettings(
    ObservingSettings,
    PublicSettings,
    MailerSettings,
    OperatorSettings,
    KeeperSettings,
    ProductsSettings,
    SigningSettings,
):
    """Everything that the worker reads. The problems of the last base are told first."""

    shop_name: str | None = None
    shop_url: HttpUrl | None = None
    email_lookup_seconds: Annotated[float, Field(ge=0, le=86_400)] = 300
    templates_dir: TemplatesDir | None = None
    worker_health_file: Path | None = None
