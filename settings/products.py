"""Where the product mapping is."""

from pathlib import Path

from settings.base import EnvironmentSettings


class ProductsSettings(EnvironmentSettings):
    products_file: Path = Path("products.yaml")
