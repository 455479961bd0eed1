"""The setting for the product mapping's file."""

from pathlib import Path

from settings.base import EnvironmentSettings


class ProductsSettings(EnvironmentSettings):
    products_file: Path = Path("products.yaml")
