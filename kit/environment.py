"""The base of every settings class, and the error for broken settings."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.refusals import FixableError

ENV_FILE = ".env"

T = TypeVar("T")


class SettingsError(FixableError):
    """All problems of the settings: one sentence per line, each naming its variable."""


def tried(build: Callable[[], T], problems: list[str]) -> T | None:
    """Return the result of `build`, or None after adding its problems to `problems`.

    A person can then fix all problems at once.
    """
    try:
        return build()
    except SettingsError as error:
        problems.extend(str(error).splitlines())
        return None


class EnvironmentSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",
        # A malformed secret is still a secret.
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, given: dict[str, Any]) -> dict[str, Any]:
        # Secrets from files and web panels often end with a line break or a space.
        stripped = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in given.items()
        }
        return {name: value for name, value in stripped.items() if value != ""}
