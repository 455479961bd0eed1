"""The setting of a secret that stands in a webhook's URL: one, or several with commas."""

from collections.abc import Callable
from urllib.parse import quote

from pydantic import SecretStr

SHORTEST_SECRET = 16
"""A person who guesses the secret can send as the shop, as fast as the network allows."""

LONGEST_SECRET = 1000
"""The API reads at most 1 KB of a query."""


def separate(secrets: str) -> tuple[str, ...]:
    """Split at commas, because the seller makes the secret and can make it without a comma."""
    return tuple(secret.strip() for secret in secrets.split(",") if secret.strip())


def usable_at(place: str) -> Callable[[SecretStr], SecretStr]:
    """Return the check of the setting; `place` is where the secret stands besides."""

    def usable(secrets: SecretStr) -> SecretStr:
        for each in separate(secrets.get_secret_value()):
            if len(each) < SHORTEST_SECRET:
                raise ValueError(
                    f"has a secret of fewer than {SHORTEST_SECRET} characters, which can be "
                    f"guessed: make a longer one, and set it here and at {place}: "
                    "openssl rand -hex 24"
                )
            if len(quote(each, safe="")) > LONGEST_SECRET:
                raise ValueError(
                    f"has a secret of more than {LONGEST_SECRET} characters as written in an "
                    "address, which the API refuses to read: make a shorter one, and set it here "
                    f"and at {place}: openssl rand -hex 24"
                )
        return secrets

    return usable
