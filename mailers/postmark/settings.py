"""The setting of Postmark's webhook. Only the API reads it."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from kit.doors.url_secret_setting import separate, usable_at
from kit.environment import EnvironmentSettings


class PostmarkDoorSettings(EnvironmentSettings):
    postmark_webhook_secret: Annotated[SecretStr, AfterValidator(usable_at("Postmark"))] = (
        SecretStr("")
    )

    def secrets(self) -> tuple[str, ...]:
        """Return the valid secrets: for example a new secret and its predecessor."""
        return separate(self.postmark_webhook_secret.get_secret_value())
