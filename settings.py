"""What the environment and `.env` say, typed. Only the composition roots read this.

Each process has a class of its own, so that it demands only what it uses; a process with a
broken setting names all of them and does not start.
"""

import os
import re
from email.errors import ObsoleteHeaderDefect
from email.headerregistry import AddressHeader, HeaderRegistry
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    DirectoryPath,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from db.engine import DRIVERS, database_url

ENV_FILE = ".env"
HOST_AND_PORT = re.compile(r"([\w.-]+|\[[\da-f:.]+\]):\d{1,5}", re.ASCII | re.IGNORECASE)

S = TypeVar("S", bound="EnvironmentSettings")


class SettingsError(Exception):
    """All that is wrong with the settings, one sentence a line, each naming its variable."""


def _mailbox(text: str) -> str:
    if not _is_mailbox(text):
        raise ValueError(
            "is no single mailbox: write it as shop@example.com, Shop <shop@example.com> or, with "
            'a comma or the like in the name, "Shop, Ltd." <shop@example.com>'
        )
    return text


def _is_mailbox(text: str) -> bool:
    # A provider takes what follows a comma for a second sender, and a line break for a header.
    if not text.isprintable():
        return False
    try:
        header = HeaderRegistry()("From", text)
    except IndexError:  # What the parser of Python 3.11 makes of "shop@".
        return False
    flaws = [flaw for flaw in header.defects if not isinstance(flaw, ObsoleteHeaderDefect)]
    return len(cast("AddressHeader", header).addresses) == 1 and not flaws


def _database_url(secret: SecretStr) -> SecretStr:
    try:
        url = database_url(secret.get_secret_value())
    except (ArgumentError, ValueError):
        # The parser's own words may quote a password.
        url = None
    if url is None or url.drivername not in DRIVERS:
        raise ValueError(
            "is neither sqlite:///folder/file.db nor postgresql://user:password@host/name "
            "(where the password has :, / or @, write it percent-encoded)"
        )
    return secret


Mailbox = Annotated[str, AfterValidator(_mailbox)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]


class EnvironmentSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        # A secret that is malformed is still a secret.
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, given: dict[str, Any]) -> dict[str, Any]:
        # Secrets come from files and panels, with a line break or a space at their end.
        stripped = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in given.items()
        }
        return {name: value for name, value in stripped.items() if value != ""}


class DatabaseSettings(EnvironmentSettings):
    data_dir: Path = Path("var")
    database_url: DatabaseUrl | None = None

    def database(self) -> URL:
        if self.database_url is not None:
            return database_url(self.database_url.get_secret_value())
        return URL.create("sqlite", database=str(self.data_dir / "mintpost.db"))

    def database_file(self) -> Path | None:
        """Return SQLite's file; None for PostgreSQL and for a database in memory."""
        url = self.database()
        is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
        return Path(str(url.database)) if is_file else None


class MigrateSettings(DatabaseSettings):
    api_database_password: SecretStr | None = None


class ProductsSettings(EnvironmentSettings):
    products_file: Path = Path("products.yaml")


class ApiSettings(DatabaseSettings):
    gumroad_webhook_secret: SecretStr = SecretStr("")
    gumroad_seller_id: str | None = None

    def gumroad_secrets(self) -> tuple[str, ...]:
        """Return the secrets that are valid now: several while one replaces another."""
        every = self.gumroad_webhook_secret.get_secret_value().split(",")
        return tuple(secret.strip() for secret in every if secret.strip())


class SigningSettings(EnvironmentSettings):
    license_issuer: str = "mintpost"
    license_signing_key: SecretStr | None = None
    license_signing_key_file: Annotated[Path | None, Field(validate_default=True)] = None

    @field_validator("license_signing_key_file")
    @classmethod
    def _one_signing_key(cls, file: Path | None, others: ValidationInfo) -> Path | None:
        if [file, others.data.get("license_signing_key")].count(None) != 1:
            raise ValueError(
                "or LICENSE_SIGNING_KEY must be set, and only one of them: "
                "`mintpost keys generate` makes a key"
            )
        return file

    def signing_key(self) -> str:
        r"""Return the PEM. A line of .env holds no line breaks, so `\n` in it stands for one."""
        if self.license_signing_key is not None:
            return self.license_signing_key.get_secret_value().replace("\\n", "\n")
        assert self.license_signing_key_file is not None  # noqa: S101 - validated above
        try:
            return self.license_signing_key_file.read_text(errors="replace")
        except OSError as error:
            why = f"LICENSE_SIGNING_KEY_FILE cannot be read: {error.strerror}"
            raise SettingsError(why) from None


class OperatorSettings(EnvironmentSettings):
    operator_email: Mailbox | None = None

    def operator_address(self) -> str | None:
        return None if self.operator_email is None else parseaddr(self.operator_email)[1]


class MailSettings(EnvironmentSettings):
    postmark_token: SecretStr | None = None


class WorkerSettings(
    DatabaseSettings, ProductsSettings, SigningSettings, OperatorSettings, MailSettings
):
    gumroad_seller_id: str | None = None
    postmark_api_url: HttpUrl = HttpUrl("https://api.postmarkapp.com")
    postmark_message_stream: str = "outbound"
    email_from: Annotated[Mailbox | None, Field(validate_default=True)] = None
    email_reply_to: Mailbox | None = None
    email_lookup_seconds: Annotated[float, Field(ge=0, le=86_400)] = 300
    templates_dir: DirectoryPath | None = None

    @field_validator("email_from")
    @classmethod
    def _sender_for_a_real_provider(cls, sender: str | None, others: ValidationInfo) -> str | None:
        if sender is None and others.data.get("postmark_token") is not None:
            raise ValueError("is missing: POSTMARK_TOKEN is set, and a mail needs a sender")
        return sender


class SmokeSettings(ApiSettings, ProductsSettings, OperatorSettings):
    """What `mintpost smoke` needs of the stack that it tries."""


def load(settings: type[S]) -> S:
    """Read the environment, then `.env`. Raises SettingsError naming all that is wrong."""
    try:
        return settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(detail) for detail in error.errors())) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable_env_file(error) from None


def whole_environment() -> dict[str, str]:
    """Return the environment with what `.env` adds to it."""
    try:
        added = dotenv_values(ENV_FILE)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable_env_file(error) from None
    return {**{name: value for name, value in added.items() if value is not None}, **os.environ}


def plain_environment() -> dict[str, str]:
    """Return the environment without any variable that is Mintpost's or Temporal's."""
    all_of_them = (WorkerSettings, SmokeSettings, MigrateSettings)
    own = {name.upper() for each in all_of_them for name in each.model_fields}
    others = [name for name in os.environ if not name.startswith("TEMPORAL_")]
    return {name: os.environ[name] for name in others if name.upper() not in own}


def temporal_config() -> ClientConnectConfig:
    """Return what `Client.connect` takes, read as `temporalio.envconfig` defines it.

    Raises SettingsError where a profile or a file that the environment names cannot be read.
    """
    # Blank ones as well would be taken for an API key, or for the wish to encrypt.
    environment = {name: value for name, value in whole_environment().items() if value.strip()}
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=environment)
    except (RuntimeError, OSError) as error:
        # Further lines of it quote the file, which may hold an API key.
        words = str(error).partition("\n")[0]
        raise SettingsError(f"TEMPORAL_…: Temporal's settings cannot be read: {words}") from None
    config.setdefault("namespace", "default")
    if not HOST_AND_PORT.fullmatch(config.setdefault("target_host", "127.0.0.1:7233")):
        raise SettingsError("TEMPORAL_ADDRESS is no host with a port, such as 127.0.0.1:7233")
    return config


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's own mapping
    variable = str(detail["loc"][0]).upper()
    if detail["type"] == "value_error":
        return f"{variable} {detail['ctx']['error']}"
    words = re.sub("^[A-Z](?![A-Z])", lambda first: first[0].lower(), detail["msg"])
    return f"{variable}: {words}"


def _unreadable_env_file(error: OSError | UnicodeDecodeError) -> SettingsError:
    why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
    return SettingsError(f"{ENV_FILE} cannot be read: {why}")
