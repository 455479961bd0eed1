"""What `mintpost smoke` needs."""

from pydantic import SecretStr

from settings.api import ApiSettings
from settings.mail import OperatorSettings
from settings.products import ProductsSettings


class SmokeSettings(ApiSettings, ProductsSettings, OperatorSettings):
    """What `mintpost smoke` needs of the stack that it tries."""

    # The API judges its own secret; here it is only sent along.
    gumroad_webhook_secret: SecretStr = SecretStr("")
