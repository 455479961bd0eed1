"""The settings of logs and metrics, which API and worker share."""

from ipaddress import ip_address
from typing import Annotated

from pydantic import BeforeValidator

from kit.environment import EnvironmentSettings, SettingsError
from kit.logs import LogFormat
from kit.metrics_address import SDK, MetricsAddress
from settings.loading import load

PORTS = range(1, 65_536 - SDK)

NO_ADDRESS = (
    "is no IP address with a port, such as 127.0.0.1:9464; the two ports after it count too"
)


def _log_format(text: object) -> LogFormat:
    try:
        return LogFormat(str(text).lower())
    except ValueError:
        raise ValueError("is neither text nor json") from None


def _metrics_address(text: object) -> MetricsAddress | None:
    if text is None:
        return None
    host, _, port = str(text).rpartition(":")
    try:
        address = MetricsAddress(ip_address(host.removeprefix("[").removesuffix("]")), int(port))
    except ValueError:
        raise ValueError(NO_ADDRESS) from None
    if address.port not in PORTS:
        raise ValueError(NO_ADDRESS)
    return address


class LogSettings(EnvironmentSettings):
    log_format: Annotated[LogFormat, BeforeValidator(_log_format)] = LogFormat.TEXT


class ObservingSettings(LogSettings):
    metrics_address: Annotated[MetricsAddress | None, BeforeValidator(_metrics_address)] = None


def log_format() -> LogFormat:
    """Return the form of log lines. A broken setting is reported with the others, as text."""
    try:
        return load(LogSettings).log_format
    except SettingsError:
        return LogFormat.TEXT
