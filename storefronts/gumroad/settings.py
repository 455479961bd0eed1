"""The part of the environment that is Gumroad's."""

from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, SecretStr

from kit.environment import EnvironmentSettings

SHORTEST_SECRET = 16
"""A person who guesses the secret can order licenses, and guesses as fast as the network allows."""

LONGEST_SECRET = 1000
"""A query may have 1 KB."""


def separate(secrets: str) -> tuple[str, ...]:
    """Split at commas: a secret of Gumroad's is made by the seller, who can make one without."""
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


class GumroadApiSettings(GumroadWorkerSettings):
    gumroad_webhook_secret: Annotated[
        SecretStr, AfterValidator(_long_enough), AfterValidator(_short_enough)
    ] = SecretStr("")

    def secrets(self) -> tuple[str, ...]:
        """Return the valid secrets: several while a new secret replaces an old one."""
        return separate(self.gumroad_webhook_secret.get_secret_value())


class GumroadSampleSettings(GumroadWorkerSettings):
    """The API judges its own secret; a sample only sends it along."""

    gumroad_webhook_secret: SecretStr = SecretStr("")

    def secrets(self) -> tuple[str, ...]:
        return separate(self.gumroad_webhook_secret.get_secret_value())
