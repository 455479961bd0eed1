"""Gumroad's settings."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from kit.doors.url_secret_setting import separate, usable_at
from kit.environment import EnvironmentSettings


class GumroadWorkerSettings(EnvironmentSettings):
    gumroad_seller_id: str | None = None


class GumroadSampleSettings(GumroadWorkerSettings):
    """An unchecked secret, because the API checks the secret and a sample only sends it."""

    gumroad_webhook_secret: SecretStr = SecretStr("")

    def secrets(self) -> tuple[str, ...]:
        """Return the valid secrets: for example a new secret and its predecessor."""
        return separate(self.gumroad_webhook_secret.get_secret_value())


class GumroadApiSettings(GumroadSampleSettings):
    gumroad_webhook_secret: Annotated[SecretStr, AfterValidator(usable_at("Gumroad"))] = SecretStr(
        ""
    )
