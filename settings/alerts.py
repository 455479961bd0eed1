"""The settings of alerts, for the API."""

from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, TypeAdapter, ValidationError

from kit.environment import EnvironmentSettings

DAY = 86_400
URL = TypeAdapter(HttpUrl)


def _callable_url(secret: SecretStr) -> SecretStr:
    # Only here, because importing httpx takes 0.05 s, and most people set no such address.
    import httpx  # noqa: PLC0415

    try:
        URL.validate_python(secret.get_secret_value())
        httpx.URL(secret.get_secret_value())
    except (ValidationError, httpx.InvalidURL):
        raise ValueError("is no URL that can be called: copy it anew from the chat") from None
    return secret


class AlertSettings(EnvironmentSettings):
    alert_webhook_url: Annotated[SecretStr, AfterValidator(_callable_url)] | None = None
    alert_after_seconds: Annotated[float, Field(ge=1, le=DAY)] = 300
    alert_every_seconds: Annotated[float, Field(ge=60, le=7 * DAY)] = 3600

    def webhook_url(self) -> str | None:
        url = self.alert_webhook_url
        return None if url is None else url.get_secret_value()
