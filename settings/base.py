"""What every class of settings has: where it is read from, and how it fails."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_FILE = ".env"

T = TypeVar("T")


class SettingsError(Exception):
    """All that is wrong with the settings, one sentence a line, each naming its variable."""


def tried(build: Callable[[], T], problems: list[str]) -> T | None:
    """Return what is built, or None, with what is wrong added to `problems`.

    Nobody wants to mend one mistake only to be told the next.
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
        # A secret that is malformed is still a secret.
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, given: dict[str, Any]) -> dict[str, Any]:
        # Secrets come from files and panels, with a line break or a space at their end.
        stripped = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in given.items()
        }
        return {name: value for name, value in stripped.items() if value != ""}
