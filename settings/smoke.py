"""The settings of `mintpost smoke`."""

from pydantic import SecretStr

from settings.api import ApiSettings
from settings.mail import OperatorSettings
from settings.products import ProductsSettings


class SmokeSettings(ApiSettings, ProductsSettings, OperatorSettings):
    """The settings that `mintpost smoke` shares with the stack under test."""

    # Not checked here: the API checks its own secret, and we only send it.
    gumroad_webhook_secret: SecretStr = SecretStr("")
