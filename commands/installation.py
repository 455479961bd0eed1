"""The installation as the settings describe it, for `mintpost doctor`.

A composition root beside `commands.from_settings`. A broken setting is a finding, so that all other
parts are still looked at.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from db.engine import Database, open_engine
from embedded.data_dir import kept_settings, last_address
from kit.environment import EnvironmentSettings, SettingsError, tried
from licensing.signing import Signer, SigningKeyError
from mailers.base import EmailService
from mailers.doors import MailDoor
from mailers.outbox.service import LoggingEmailService
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from mailers.registry import open_doors
from operations.doctor.mail import Provider
from operations.doctor.parts import Installation
from operations.doctor.shops import Shops
from settings.database import DataDirSettings, KeeperSettings
from settings.environment import whole_environment
from settings.loading import load_with
from settings.mail import MailerSettings
from settings.online import OnlineSettings
from settings.private import require_private_data
from settings.products import ProductsSettings
from settings.public import PublicSettings
from settings.signing import SigningSettings
from settings.temporal_tls import usable_temporal_config
from settings.worker import WorkerSettings
from storefronts.registry import PACKAGES, SOURCES, api_variables, open_for_api, open_for_worker

if TYPE_CHECKING:
    from domain.event import SecretLabel

S = TypeVar("S", bound=EnvironmentSettings)
T = TypeVar("T")

MAIL_PATIENCE = timedelta(seconds=8)
SIGNING_KEYS = frozenset({"LICENSE_SIGNING_KEY", "LICENSE_SIGNING_KEY_FILE"})
UNSET_KEY = "LICENSE_SIGNING_KEY_FILE or LICENSE_SIGNING_KEY must be set"


class InstallationReader:
    """Reads each setting once, and keeps the problems of all.

    `made` are the settings that `mintpost dev` made for itself, and `given` all that are set.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.made: Mapping[str, str] = {}
        environment = self.tried(whole_environment) or {}
        self.given = {name.upper() for name, value in environment.items() if value.strip()}
        self.storage = self.loaded(KeeperSettings)
        folder = self.loaded(DataDirSettings)
        self.data_dir = None if folder is None else folder.data_dir
        if self.data_dir is not None:
            made = _readable(partial(kept_settings, self.data_dir)) or {}
            kept = SIGNING_KEYS if self.given & SIGNING_KEYS else frozenset()
            self.made = {name: value for name, value in made.items() if name not in kept}
        self.given |= self.made.keys()

    def read(self, url: str | None) -> Installation:
        """Return the installation. `url` is the API's address; without it, PUBLIC_URL is."""
        storage, folder = self.storage, self.data_dir
        file = None if storage is None else storage.database_file()
        public = self.public()
        products = self.loaded(ProductsSettings)
        shops, mailer, kid = self.shops(public), self.mailer(), self.kid()
        temporal = self.tried(usable_temporal_config)
        for settings in (WorkerSettings, OnlineSettings):
            self.loaded(settings)
        doors = self.tried(partial(open_doors, partial(load_with, self.made)))
        cautions = self.cautions()
        return Installation(
            problems=[*dict.fromkeys(self.problems)],
            cautions=cautions,
            shops=shops,
            products=(products or ProductsSettings.model_construct()).products_file,
            sources=SOURCES,
            database=None if storage is None else Database(open_engine(storage.database())),
            database_file=file,
            data_dir=folder,
            temporal=temporal,
            provider=None if mailer is None else _provider(mailer, _unset(mailer, doors, shops)),
            is_worker=self.is_worker,
            kid=kid,
            api_url=url or public or (None if folder is None else _dev_address(folder)),
        )

    @property
    def is_worker(self) -> bool:
        """Tell whether the worker's own setting is here, without which no worker starts."""
        return bool(self.given & SIGNING_KEYS)

    def tried(self, build: Callable[[], T]) -> T | None:
        """Build, or keep the problems. An unset signing key is none: the API has no such key."""
        problems: list[str] = []
        built = tried(build, problems)
        self.problems += [each for each in problems if not each.startswith(UNSET_KEY)]
        return built

    def loaded(self, settings: type[S]) -> S | None:
        return self.tried(partial(load_with, self.made, settings))

    def public(self) -> str | None:
        settings = self.loaded(PublicSettings)
        return None if settings is None else settings.public_address()

    def mailer(self) -> EmailService | None:
        settings = self.loaded(MailerSettings)
        if settings is None:
            return None
        if settings.postmark_token is None:
            # The API has no token either, and mails nothing.
            return LoggingEmailService(Path("outbox")) if self.is_worker else None
        account = PostmarkAccount(
            token=settings.postmark_token.get_secret_value(),
            sender=settings.email_from or "",
            message_stream=settings.postmark_message_stream,
            api_url=str(settings.postmark_api_url),
        )
        return PostmarkEmailService(account)

    def kid(self) -> str | None:
        settings = self.loaded(SigningSettings)
        return None if settings is None else self.tried(partial(_kid, settings))

    def cautions(self) -> list[str]:
        """Return a sentence for each file that others may read; a problem if they may write it."""
        storage, signing = self.storage, tried(partial(load_with, self.made, SigningSettings), [])
        found: list[str] = []
        if storage is not None:
            found += self.tried(partial(require_private_data, storage)) or []
        if signing is not None:
            found += self.tried(signing.exposed) or []
        return found

    def shops(self, public: str | None) -> Shops:
        load = partial(load_with, self.made)
        keys: dict[tuple[str, SecretLabel], str] = {}
        for package in PACKAGES:
            keys |= {(package.name, side): name for side, name in package.key_variables.items()}
        secrets = {name for name in api_variables() if "_WEBHOOK_SECRET" in name}
        return Shops(
            doors=self.tried(partial(open_for_api, load)),
            readers=self.tried(partial(open_for_worker, load)),
            keys=keys,
            given=self.given,
            has_secrets=bool(secrets & self.given),
            is_worker=self.is_worker,
            public=public,
        )


def _readable(read: Callable[[], T]) -> T | None:
    """Read a file that `mintpost dev` made. Another user's files are none of ours."""
    try:
        return read()
    except OSError:
        return None


def _dev_address(folder: Path) -> str | None:
    return _readable(partial(last_address, folder))


def _unset(mailer: EmailService, doors: Mapping[str, MailDoor] | None, shops: Shops) -> str | None:
    """Return the unset secret of the provider's webhook, where this is the API's environment."""
    door = (doors or {}).get(mailer.provider)
    return door.missing() if door is not None and shops.has_secrets else None


def _provider(mailer: EmailService, unset: str | None) -> Provider:
    return Provider(
        name=mailer.provider,
        confirms_senders=mailer.confirms_senders,
        check=partial(mailer.check, patience=MAIL_PATIENCE, unset=unset),
        time=partial(mailer.provider_time, patience=MAIL_PATIENCE),
    )


def _kid(settings: SigningSettings) -> str:
    try:
        return Signer(settings.signing_key(), settings.license_issuer).kid
    except SigningKeyError as error:
        raise SettingsError(str(error)) from None
