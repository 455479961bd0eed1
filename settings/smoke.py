"""What `mintpost smoke` needs."""

from settings.api import ApiSettings
from settings.mail import OperatorSettings
from settings.products import ProductsSettings


class SmokeSettings(ApiSettings, ProductsSettings, OperatorSettings):
    """What `mintpost smoke` needs of the stack that it tries."""
