"""Gumroad's settings."""

from typing import Annotated

from pydantic import AfterValidator, AnyHttpUrl, SecretStr

from kit.doors.url_secret_setting import separate, usable_at
from kit.environment import EnvironmentSettings
from storefronts.api_account import ApiAccount

API_URL = "https://api.gumroad.com"


class GumroadSellerSettings(EnvironmentSettings):
    gumroad_seller_id: str | None = None


class GumroadWorkerSettings(GumroadSellerSettings):
    gumroad_access_token: SecretStr | None = None
    gumroad_api_url: AnyHttpUrl | None = None

    def account(self) -> ApiAccount:
        token, url = self.gumroad_access_token, self.gumroad_api_url
        return ApiAccount(
            url=API_URL if url is None else str(url).rstrip("/"),
            variable="GUMROAD_ACCESS_TOKEN",
            key=None if token is None else token.get_secret_value(),
        )


class GumroadSampleSettings(GumroadSellerSettings):
    """An unchecked secret, because the API checks the secret and a sample only sends it."""

    gumroad_webhook_secret: SecretStr = SecretStr("")

    def secrets(self) -> tuple[str, ...]:
        """Return the valid secrets: for example a new secret and its predecessor."""
        return separate(self.gumroad_webhook_secret.get_secret_value())


class GumroadApiSettings(GumroadSampleSettings):
    gumroad_webhook_secret: Annotated[SecretStr, AfterValidator(usable_at("Gumroad"))] = SecretStr(
        ""
    )
