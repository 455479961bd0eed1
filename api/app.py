"""Builds the API's process: `uvicorn --factory api.app:create_app`."""

from kit.garbage import collect_garbage  # isort: split

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from starlette.types import ASGIApp
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig

from api.alerts import AlertSetup, AlertTimes
from api.answer_key_file import AnswerKeyFile
from api.assembling import ApiParts, assemble
from api.bounds import Bounds, raise_file_limit
from api.online.assembling import OnlineParts
from api.unset_secrets import sources_in_use, unset_secrets
from db.engine import Database, open_engine
from db.migrated import WrongMigrationError, check_migrated
from domain.alerting import Pace
from domain.errors import DatabaseAwayError
from kit.environment import SettingsError, tried
from kit.instruments import OF_API, begin_counts
from kit.logs import set_up_logs
from kit.metrics_address import API as METRICS
from kit.metrics_server import serve_metrics
from kit.sdk_runtime import sdk_runtime
from kit.tracing import set_up_tracing, trace_interceptors
from kit.umask import set_umask
from licensing.answers import AnswerSigner
from licensing.private_keys import PrivateKeyError
from mailers.doors import MailDoor
from mailers.registry import open_doors
from relay.spool import Spool
from settings.alerts import AlertSettings
from settings.files import os_words
from settings.loading import load
from settings.observing import log_format
from settings.online import OnlineSettings, split_dialects
from settings.private import require_private_data, require_private_file
from settings.temporal_tls import usable_temporal_config
from settings.tracing import tracing_variables
from storefronts.base import Storefront
from storefronts.registry import SOURCES, open_for_api

logger = logging.getLogger(__name__)

BROKEN_KEY = (
    "ANSWER_SIGNING_KEY_FILE: {path} {what}: an Ed25519 private key as unencrypted PEM is needed; "
    "remove the file, and the API makes a new one"
)


def create_app() -> ASGIApp:
    """Build the app from the environment. A bad setting ends the process with sentences."""
    set_up_logs(log_format())
    set_umask()
    try:
        settings, online, (storefronts, mail_doors), temporal = _settings()
        traces = tracing_variables()
        database = Database(open_engine(settings.database()))
        _check(database)
    except (SettingsError, WrongMigrationError) as error:
        raise SystemExit(str(error)) from None
    for finding in unset_secrets(storefronts, sources_in_use(online.products, SOURCES)):
        logger.warning("%s", finding.sentence)
    if settings.metrics_address is not None:
        serve_metrics(settings.metrics_address, METRICS, OF_API)
        begin_counts(storefronts, mail_doors)
    if traces is not None:
        set_up_tracing(traces, "api")
    spool = Spool(settings.data_dir / "spool")
    bounds = Bounds().within(raise_file_limit())
    connect = partial(_connect_lazily, temporal)
    collect_garbage()
    return assemble(
        ApiParts(
            database,
            storefronts,
            connect,
            spool,
            bounds=bounds,
            online=online,
            mail_doors=mail_doors,
            alerts=_alerts(settings),
        )
    )


def _alerts(settings: AlertSettings) -> AlertSetup:
    after, every = settings.alert_after_seconds, settings.alert_every_seconds
    pace = Pace(after=timedelta(seconds=after), every=timedelta(seconds=every))
    return AlertSetup(settings.webhook_url(), AlertTimes(pace))


Doors: TypeAlias = tuple[Mapping[str, Storefront], Mapping[str, MailDoor]]


def _settings() -> tuple[OnlineSettings, OnlineParts, Doors, ClientConnectConfig]:
    problems: list[str] = []
    settings = tried(lambda: load(OnlineSettings), problems)
    storefronts = tried(lambda: open_for_api(load), problems)
    mail_doors = tried(lambda: open_doors(load), problems)
    exposed = None if settings is None else tried(lambda: _exposed(settings), problems)
    online = (
        None
        if exposed is None or settings is None
        else tried(lambda: online_parts(settings), problems)
    )
    temporal = tried(usable_temporal_config, problems)
    tried(tracing_variables, problems)
    doors = None if storefronts is None or mail_doors is None else (storefronts, mail_doors)
    if not (settings and online and doors) or exposed is None or temporal is None or problems:
        raise SettingsError("\n".join(dict.fromkeys(problems)))
    for sentence in exposed:
        logger.warning("%s", sentence)
    return settings, online, doors, temporal


def _exposed(settings: OnlineSettings) -> list[str]:
    # The folder first: the key's file lies in it, and its own sentence would name another setting.
    data = require_private_data(settings)
    return [*data, *require_private_file("ANSWER_SIGNING_KEY_FILE", settings.answer_key_file())]


def online_parts(settings: OnlineSettings) -> OnlineParts:
    """Read the answer key, or make it at the first start. Raises SettingsError."""
    path = settings.answer_key_file()
    file = AnswerKeyFile(path, is_named=settings.answer_signing_key_file is not None)
    try:
        signer = AnswerSigner(file.read_or_make(), settings.license_issuer)
    except PrivateKeyError as error:
        raise SettingsError(BROKEN_KEY.format(path=path, what=error.what)) from None
    except (OSError, ValueError) as error:
        why = f"ANSWER_SIGNING_KEY_FILE: {path} cannot be read or made: {os_words(error)}"
        raise SettingsError(why) from None
    return OnlineParts(
        signer=signer,
        issuer=settings.license_issuer,
        products=settings.products_file,
        sources=SOURCES,
        dialects=split_dialects(settings.dialects),
        renew=file.renewed,
    )


async def _connect_lazily(config: ClientConnectConfig) -> Client:
    # The app must accept requests while Temporal is away.
    return await Client.connect(
        **config, lazy=True, runtime=sdk_runtime(None), interceptors=trace_interceptors()
    )


def _check(database: Database) -> None:
    try:
        check_migrated(database.engine)
    except DatabaseAwayError as error:
        # Until the database is back, requests go into the spool. Drainer and dispatcher retry.
        logger.warning("%s%s", error.sentence, error.question)
