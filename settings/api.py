"""What the web process needs."""

from pydantic import SecretStr

from settings.database import DatabaseSettings


class ApiSettings(DatabaseSettings):
    gumroad_webhook_secret: SecretStr = SecretStr("")
    gumroad_seller_id: str | None = None

    def gumroad_secrets(self) -> tuple[str, ...]:
        """Return the secrets that are valid now: several while one replaces another."""
        every = self.gumroad_webhook_secret.get_secret_value().split(",")
        return tuple(secret.strip() for secret in every if secret.strip())
