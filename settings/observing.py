"""The settings of logs and metrics, which API and worker share."""

from typing import Annotated

from pydantic import BeforeValidator

from kit.environment import EnvironmentSettings, SettingsError
from kit.logs import LogFormat
from settings.loading import load


def _log_format(text: object) -> LogFormat:
    try:
        return LogFormat(str(text).lower())
    except ValueError:
        raise ValueError("is neither text nor json") from None


class LogSettings(EnvironmentSettings):
    log_format: Annotated[LogFormat, BeforeValidator(_log_format)] = LogFormat.TEXT


def log_format() -> LogFormat:
    """Return the form of log lines. A broken setting is reported with the others, as text."""
    try:
        return load(LogSettings).log_format
    except SettingsError:
        return LogFormat.TEXT
