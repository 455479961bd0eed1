"""Reads the environment and `.env`, and turns mistakes into sentences."""

import os
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from kit.environment import EnvironmentSettings, SettingsError
from settings.env_file import read_env_file
from settings.files import is_text, no_text

S = TypeVar("S", bound="EnvironmentSettings")


def load(settings: type[S]) -> S:
    """Read the environment, then `.env`. Raises SettingsError with every problem."""
    return load_with({}, settings)


def load_with(made: Mapping[str, str], settings: type[S]) -> S:
    """Read the settings, with the values in `made` for variables that are not set, or blank."""
    fields = {name.upper(): name for name in settings.model_fields}
    given = {
        **made,
        **{name: value for name, value in _given().items() if value or name not in made},
    }
    found = {fields[name]: value for name, value in given.items() if name in fields}
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


def _given() -> Mapping[str, str]:
    """Return all values by upper-case name. The environment wins over `.env`, even when blank."""
    both = (*added().items(), *os.environ.items())
    return {name.upper(): value for name, value in both}


def added() -> dict[str, str]:
    """Return what `.env` says and the environment does not."""
    there = {name.upper() for name in os.environ}
    return {name: value for name, value in read_env_file().items() if name.upper() not in there}


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's own mapping
    variable = str(detail["loc"][0]).upper()
    if detail["type"] == "value_error":
        return f"{variable} {detail['ctx']['error']}"
    words = re.sub("^[A-Z](?![A-Z])", lambda first: first[0].lower(), detail["msg"])
    return f"{variable}: {words}"
