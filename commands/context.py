"""The contract between `cli.py` and the commands: settings, read when a command needs them."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kit.refusals import RefusedError

if TYPE_CHECKING:  # A command must not wait for imports that it does not use.
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr
    from sqlalchemy import URL
    from temporalio.envconfig import ClientConnectConfig

    from db.engine import Database
    from operations.doctor.parts import Installation
    from relay.spool import Spool
    from storefronts.base import Storefront
    from storefronts.sample import SampleRequest, SampleShop


@dataclass(frozen=True, slots=True)
class SmokeDefaults:
    """Settings that replace missing options of `mintpost smoke`."""

    operator: str | None
    products_file: Path


@dataclass(frozen=True, slots=True)
class AlertDefaults:
    """The two ways of an alert. `url` is a secret."""

    url: str | None
    operator: str | None


class Context(ABC):
    """Reads each setting when a command asks for it. Every method raises SettingsError."""

    @property
    @abstractmethod
    def sources(self) -> tuple[str, ...]:
        """Name the storefronts."""

    def require_source(self, name: str) -> None:
        """Raise RefusedError unless a storefront has the name."""
        if name not in self.sources:
            raise RefusedError(
                f"no storefront is named {name}; the names are: {', '.join(self.sources)}"
            )

    @abstractmethod
    def storefronts(self) -> "Mapping[str, Storefront]":
        """Open the storefronts that read events, as the worker does."""

    @abstractmethod
    def open_database(self) -> AbstractContextManager["Database"]:
        """Open the migrated database. Raises RefusedError, WrongMigrationError."""

    @abstractmethod
    def private_database(self) -> tuple["URL", "SecretStr | None"]:
        """Name the database and the password of the API's role, in a private folder."""

    @abstractmethod
    def private_folder(self, chosen: Path | None) -> tuple[Path, "URL"]:
        """Make a private data folder, `chosen` or DATA_DIR; name its database."""

    @abstractmethod
    def alert_defaults(self) -> AlertDefaults:
        """Name the receivers of alerts."""

    @abstractmethod
    def outbox(self) -> Path:
        """Name the folder of the mails that were only written down."""

    @abstractmethod
    def spool(self) -> "Spool":
        """Return the files of the requests that the database lacks."""

    @abstractmethod
    def temporal(self) -> "ClientConnectConfig":
        """Return the arguments of `Client.connect`."""

    @abstractmethod
    def products_file(self) -> Path:
        """Name the product mapping."""

    @abstractmethod
    def issuer(self) -> str:
        """Name the issuer of tokens and answers."""

    @abstractmethod
    def sends_mail(self) -> bool:
        """Tell whether a provider is set up. Without a provider, mails are only written down."""

    @abstractmethod
    def installation(self, url: str | None) -> "Installation":
        """Describe every part, also the broken ones. `url` is the API's address."""

    @abstractmethod
    def smoke_defaults(self) -> SmokeDefaults:
        """Return the settings of the tested stack."""

    @abstractmethod
    def sample_shop(
        self, secret: str | None, source: str, *, live: bool = False
    ) -> "SampleShop | None":
        """Return the shop of a storefront; None without a secret.

        The secret is `secret`, or else that of the settings, or that of `mintpost dev`. `live`: its
        sales must be real ones.
        """

    @abstractmethod
    def keeper_of_answers(self, source: str) -> "Callable[[SampleRequest], None]":
        """Return a function that tells `mintpost dev` the answers of the shop's API."""

    @abstractmethod
    def dev_address(self) -> str | None:
        """Return the API's address of `mintpost dev`; None if it never ran here."""

    @abstractmethod
    def whole_environment(self) -> dict[str, str]:
        """Return the environment, with the settings of `.env`."""

    @abstractmethod
    def plain_environment(self) -> dict[str, str]:
        """Return the environment without the variables of Mintpost and Temporal."""


def given(ctx: typer.Context) -> Context:
    """Return the object that `cli.py` put into typer's context."""
    found: object = ctx.obj
    assert isinstance(found, Context)  # noqa: S101 - `cli.main` puts it there
    return found
