"""The environment of a process that we start: with all of our settings, or without any."""

import os

from settings.database import MigrateSettings
from settings.loading import added
from settings.online import OnlineSettings
from settings.smoke import SmokeSettings
from settings.worker import WorkerSettings
from storefronts.registry import api_variables, worker_variables

FIELDS = tuple(
    name
    for settings in (WorkerSettings, OnlineSettings, SmokeSettings, MigrateSettings)
    for name in settings.model_fields
)
OURS = frozenset(name.upper() for name in FIELDS) | api_variables() | worker_variables()


def whole_environment() -> dict[str, str]:
    """Return the environment, plus what Mintpost, Temporal and OpenTelemetry read from `.env`."""
    return {**{name: value for name, value in added().items() if _is_read(name)}, **os.environ}


def plain_environment() -> dict[str, str]:
    """Return the environment without the variables of Mintpost, Temporal and OpenTelemetry."""
    return {name: value for name, value in os.environ.items() if not _is_read(name)}


def _is_read(name: str) -> bool:
    return name.startswith(("TEMPORAL_", "OTEL_")) or name.upper() in OURS
