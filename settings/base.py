"""What every class of settings has: where it is read from, and how it fails."""

from typing import Any

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_FILE = ".env"


class SettingsError(Exception):
    """All that is wrong with the settings, one sentence a line, each naming its variable."""


class EnvironmentSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
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
