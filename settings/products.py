"""The setting for the product mapping's file."""

from pathlib import Path

from kit.environment import EnvironmentSettings


class ProductsSettings(EnvironmentSettings):
    products_file: Path = Path("products.yaml")
