"""The contract of what `cli.py` gives to a command that asks for it."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:  # A command that asks for none of it must not wait for it.
    from pydantic import SecretStr
    from sqlalchemy import URL
    from temporalio.envconfig import ClientConnectConfig

    from db.engine import Database
    from relay.spool import Spool
    from storefronts.sample import SampleShop


@dataclass(frozen=True, slots=True)
class SmokeDefaults:
    """The settings that stand in for options of `mintpost smoke`."""

    operator: str | None
    products_file: Path


class Context(ABC):
    """Reads each setting when a command asks for it. Every method raises SettingsError."""

    @property
    @abstractmethod
    def sources(self) -> tuple[str, ...]:
        """Name the storefronts."""

    @abstractmethod
    def open_database(self) -> AbstractContextManager["Database"]:
        """Open the migrated database. Raises RefusedError, WrongMigrationError."""

    @abstractmethod
    def private_database(self) -> tuple["URL", "SecretStr | None"]:
        """Name the database and the password of the API's role, in a folder closed to others."""

    @abstractmethod
    def private_folder(self, chosen: Path | None) -> tuple[Path, "URL"]:
        """Make the data's folder, `chosen` or DATA_DIR, closed to others; name its database."""

    @abstractmethod
    def spool(self) -> "Spool":
        """Return the files of the requests that are in no database yet."""

    @abstractmethod
    def temporal(self) -> "ClientConnectConfig":
        """Return the arguments of `Client.connect`."""

    @abstractmethod
    def products_file(self) -> Path:
        """Name the product mapping."""

    @abstractmethod
    def sends_mail(self) -> bool:
        """Tell whether a provider is set up; else mails are only written down."""

    @abstractmethod
    def smoke_defaults(self) -> SmokeDefaults:
        """Return the settings of the stack that is tried."""

    @abstractmethod
    def sample_shop(self, secret: str | None) -> "SampleShop | None":
        """Return the shop that sends with `secret`, or that of the settings; None without any."""

    @abstractmethod
    def whole_environment(self) -> dict[str, str]:
        """Return the environment with the settings that `.env` adds to it."""

    @abstractmethod
    def plain_environment(self) -> dict[str, str]:
        """Return the environment without any variable that is Mintpost's or Temporal's."""


def given(ctx: typer.Context) -> Context:
    """Return the object that `cli.py` put into typer's own context."""
    found: object = ctx.obj
    assert isinstance(found, Context)  # noqa: S101 - `cli.main` puts it there
    return found
