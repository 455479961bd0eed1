"""Gumroad's settings."""

from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, SecretStr

from kit.environment import EnvironmentSettings

SHORTEST_SECRET = 16
"""A person who guesses the secret can order licenses, and guesses as fast as the network allows."""

LONGEST_SECRET = 1000
"""The API reads at most 1 KB of a query."""


def separate(secrets: str) -> tuple[str, ...]:
    """Split at commas, because the seller makes the secret and can make it without a comma."""
    return tuple(secret.strip() for secret in secrets.split(",") if secret.strip())


def _long_enough(secrets: SecretStr) -> SecretStr:
    if any(len(each) < SHORTEST_SECRET for each in separate(secrets.get_secret_value())):
        raise ValueError(
            f"has a secret of fewer than {SHORTEST_SECRET} characters, which can be guessed: make "
            "a longer one, and set it here and at Gumroad: openssl rand -hex 24"
        )
    return secrets


def _short_enough(secrets: SecretStr) -> SecretStr:
    if any(
        len(quote(each, safe="")) > LONGEST_SECRET for each in separate(secrets.get_secret_value())
    ):
        raise ValueError(
            f"has a secret of more than {LONGEST_SECRET} characters as written in an address, "
            "which the API refuses to read: make a shorter one, and set it here and at Gumroad: "
            "openssl rand -hex 24"
        )
    return secrets


class GumroadWorkerSettings(EnvironmentSettings):
    gumroad_seller_id: str | None = None


class GumroadSampleSettings(GumroadWorkerSettings):
    """An unchecked secret, because the API checks the secret and a sample only sends it."""

    gumroad_webhook_secret: SecretStr = SecretStr("")

    def secrets(self) -> tuple[str, ...]:
        """Return the valid secrets: for example a new secret and its predecessor."""
        return separate(self.gumroad_webhook_secret.get_secret_value())


class GumroadApiSettings(GumroadSampleSettings):
    gumroad_webhook_secret: Annotated[
        SecretStr, AfterValidator(_long_enough), AfterValidator(_short_enough)
    ] = SecretStr("")
