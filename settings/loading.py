"""Reads the environment and `.env`, and turns what is wrong into sentences."""

import os
import re
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import ValidationError

from settings.base import ENV_FILE, EnvironmentSettings, SettingsError
from settings.smoke import SmokeSettings
from settings.worker import WorkerSettings

S = TypeVar("S", bound="EnvironmentSettings")


def load(settings: type[S]) -> S:
    """Read the environment, then `.env`. Raises SettingsError naming all that is wrong."""
    try:
        return settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(detail) for detail in error.errors())) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable_env_file(error) from None


def whole_environment() -> dict[str, str]:
    """Return the environment with what `.env` adds to it."""
    try:
        added = dotenv_values(ENV_FILE)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable_env_file(error) from None
    return {**{name: value for name, value in added.items() if value is not None}, **os.environ}


def plain_environment() -> dict[str, str]:
    """Return the environment without any variable that is Mintpost's or Temporal's."""
    own = {name.upper() for name in {**WorkerSettings.model_fields, **SmokeSettings.model_fields}}
    others = [name for name in os.environ if not name.startswith("TEMPORAL_")]
    return {name: os.environ[name] for name in others if name.upper() not in own}


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's own mapping
    variable = str(detail["loc"][0]).upper()
    if detail["type"] == "value_error":
        return f"{variable} {detail['ctx']['error']}"
    words = re.sub("^[A-Z](?![A-Z])", lambda first: first[0].lower(), detail["msg"])
    return f"{variable}: {words}"


def _unreadable_env_file(error: OSError | UnicodeDecodeError) -> SettingsError:
    why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
    return SettingsError(f"{ENV_FILE} cannot be read: {why}")
