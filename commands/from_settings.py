"""The settings and the parts that they describe, for the commands.

A composition root: `cli.py` alone imports it, and hands it to the commands as their `Context`.
"""

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from commands.context import AlertDefaults, Context, SmokeDefaults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr
    from sqlalchemy import URL
    from temporalio.envconfig import ClientConnectConfig

    from db.engine import Database
    from operations.doctor.parts import Installation
    from relay.spool import Spool
    from storefronts.base import Storefront
    from storefronts.sample import SampleRequest, SampleShop


class FromSettings(Context):
    """Imports the settings and the parts that they describe once a command asks for them."""

    @override
    def alert_defaults(self) -> AlertDefaults:
        from settings.alerts import AlertSettings
        from settings.loading import load
        from settings.mail import OperatorSettings

        operator = load(OperatorSettings).operator_address()
        return AlertDefaults(load(AlertSettings).webhook_url(), operator)

    @property
    @override
    def sources(self) -> tuple[str, ...]:
        from storefronts.registry import SOURCES

        return SOURCES

    @override
    def storefronts(self) -> "Mapping[str, Storefront]":
        from settings.loading import load
        from storefronts.registry import open_for_worker

        return open_for_worker(load)

    @override
    def open_database(self) -> AbstractContextManager["Database"]:
        from commands.database import opened
        from settings.database import DatabaseSettings
        from settings.loading import load

        settings = load(DatabaseSettings)
        return opened(settings.database(), settings.database_file())

    @override
    def private_database(self) -> tuple["URL", "SecretStr | None"]:
        from embedded.data_dir import make_private
        from settings.database import MigrateSettings
        from settings.loading import load
        from settings.private import require_private_data

        settings = load(MigrateSettings)
        if (file := settings.database_file()) is not None:
            make_private(file.parent, "DATA_DIR or DATABASE_URL")
        require_private_data(settings)
        return settings.database(), settings.api_database_password

    @override
    def private_folder(self, chosen: Path | None) -> tuple[Path, "URL"]:
        from embedded.data_dir import make_private
        from settings.database import KeeperSettings
        from settings.loading import load
        from settings.private import require_private_data

        settings = load(KeeperSettings)
        settings.data_dir = folder = (chosen or settings.data_dir).resolve()
        make_private(folder, None if chosen else "DATA_DIR")
        require_private_data(settings)
        return folder, settings.database()

    @override
    def outbox(self) -> Path:
        return self._data_dir() / "outbox"

    @override
    def spool(self) -> "Spool":
        from relay.spool import Spool
        from settings.database import DatabaseSettings
        from settings.loading import load

        return Spool(load(DatabaseSettings).data_dir / "spool")

    @override
    def temporal(self) -> "ClientConnectConfig":
        from settings.temporal_tls import usable_temporal_config

        return usable_temporal_config()

    @override
    def products_file(self) -> Path:
        from settings.loading import load
        from settings.products import ProductsSettings

        return load(ProductsSettings).products_file

    @override
    def issuer(self) -> str:
        from settings.issuer import IssuerSettings
        from settings.loading import load

        return load(IssuerSettings).license_issuer

    @override
    def sends_mail(self) -> bool:
        from settings.loading import load
        from settings.mail import MailSettings

        return load(MailSettings).postmark_token is not None

    @override
    def installation(self, url: str | None) -> "Installation":
        from commands.installation import InstallationReader

        return InstallationReader().read(url)

    @override
    def smoke_defaults(self) -> SmokeDefaults:
        from settings.loading import load
        from settings.smoke import SmokeSettings

        settings = load(SmokeSettings)
        return SmokeDefaults(
            operator=settings.operator_address(), products_file=settings.products_file
        )

    @override
    def sample_shop(
        self, secret: str | None, source: str, *, live: bool = False
    ) -> "SampleShop | None":
        from embedded.data_dir import kept_secrets
        from settings.loading import load_with
        from storefronts.registry import package_of

        kept = kept_secrets(self._data_dir())
        return package_of(source).own_sample_shop(partial(load_with, kept), secret, live=live)

    @override
    def keeper_of_answers(self, source: str) -> "Callable[[SampleRequest], None]":
        from embedded.made_up_answers import keep_answers

        return partial(keep_answers, self._data_dir(), source)

    @override
    def dev_address(self) -> str | None:
        from embedded.data_dir import last_address

        return last_address(self._data_dir())

    def _data_dir(self) -> Path:
        from settings.database import DatabaseSettings
        from settings.loading import load

        return load(DatabaseSettings).data_dir

    @override
    def whole_environment(self) -> dict[str, str]:
        from settings.environment import whole_environment

        return whole_environment()

    @override
    def plain_environment(self) -> dict[str, str]:
        from settings.environment import plain_environment

        return plain_environment()
