"""Reads the environment and `.env`, and turns mistakes into sentences."""

import os
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from settings.base import EnvironmentSettings, SettingsError
from settings.database import MigrateSettings
from settings.env_file import read_env_file
from settings.files import is_text, no_text
from settings.smoke import SmokeSettings
from settings.worker import WorkerSettings

S = TypeVar("S", bound="EnvironmentSettings")

FIELDS = tuple(
    name
    for settings in (WorkerSettings, SmokeSettings, MigrateSettings)
    for name in settings.model_fields
)
OURS = frozenset(name.upper() for name in FIELDS)


def load(settings: type[S]) -> S:
    """Read the environment, then `.env`. Raises SettingsError with every problem."""
    fields = {name.upper(): name for name in settings.model_fields}
    found = {fields[name]: value for name, value in _given().items() if name in fields}
    broken = {name for name, value in found.items() if not is_text(value)}
    problems = [no_text(name.upper()) for name in sorted(broken)]
    try:
        # A broken value is set to blank; a missing value would be read from the environment again.
        loaded = settings.model_validate({**found, **dict.fromkeys(broken, "")})
    except ValidationError as error:
        problems += [_sentence(detail) for detail in error.errors()]
    if problems:
        raise SettingsError("\n".join(problems))
    return loaded


def whole_environment() -> dict[str, str]:
    """Return the environment, plus the settings of Mintpost and Temporal from `.env`."""
    return {**{name: value for name, value in _added().items() if _is_read(name)}, **os.environ}


def plain_environment() -> dict[str, str]:
    """Return the environment without the variables of Mintpost and Temporal."""
    return {name: value for name, value in os.environ.items() if not _is_read(name)}


def _given() -> Mapping[str, str]:
    """Return all values by upper-case name. The environment wins over `.env`, even when blank."""
    both = (*_added().items(), *os.environ.items())
    return {name.upper(): value for name, value in both}


def _added() -> dict[str, str]:
    there = {name.upper() for name in os.environ}
    return {name: value for name, value in read_env_file().items() if name.upper() not in there}


def _is_read(name: str) -> bool:
    return name.startswith("TEMPORAL_") or name.upper() in OURS


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's own mapping
    variable = str(detail["loc"][0]).upper()
    if detail["type"] == "value_error":
        return f"{variable} {detail['ctx']['error']}"
    words = re.sub("^[A-Z](?![A-Z])", lambda first: first[0].lower(), detail["msg"])
    return f"{variable}: {words}"
