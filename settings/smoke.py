"""The settings of `mintpost smoke`."""

from settings.database import KeeperSettings
from settings.mail import OperatorSettings
from settings.products import ProductsSettings


class SmokeSettings(KeeperSettings, ProductsSettings, OperatorSettings):
    """The settings of the stack under test; its storefront reads its own."""
