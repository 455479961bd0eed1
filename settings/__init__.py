"""Typed settings from the environment and `.env`, for the composition roots only.

Each process has its own class, so that it demands only the settings it uses. A process with broken
settings names all of them and does not start.
"""

from settings.api import ApiSettings
from settings.base import EnvironmentSettings, SettingsError, tried
from settings.database import DatabaseSettings, KeeperSettings, MigrateSettings
from settings.loading import load, plain_environment, whole_environment
from settings.mail import MailSettings, OperatorSettings
from settings.private import require_private, require_private_data, set_umask
from settings.products import ProductsSettings
from settings.signing import SigningSettings
from settings.smoke import SmokeSettings
from settings.temporal import temporal_config
from settings.temporal_tls import usable_temporal_config
from settings.worker import WorkerSettings

__all__ = [
    "ApiSettings",
    "DatabaseSettings",
    "EnvironmentSettings",
    "KeeperSettings",
    "MailSettings",
    "MigrateSettings",
    "OperatorSettings",
    "ProductsSettings",
    "SettingsError",
    "SigningSettings",
    "SmokeSettings",
    "WorkerSettings",
    "load",
    "plain_environment",
    "require_private",
    "require_private_data",
    "set_umask",
    "temporal_config",
    "tried",
    "usable_temporal_config",
    "whole_environment",
]
