from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.file import ProductsFile
from letters.composing import Letters
from letters.license_letter import LicenseLetter
from letters.rendering import Templates
from licensing.signing import Signer
from tests.support.running import PRODUCTS, TEMPLATES


@pytest.fixture
def letter() -> LicenseLetter:
    return LicenseLetter(
        product_name="Data Tools",
        name="Ada Lovelace",
        key="MINT-7K3QF-X9D2M-4TWPC-8HRVN-B5YGJ",
        tier="Pro",
        expires_at=datetime(2027, 3, 2, 14, 5, tzinfo=UTC),
        seats=5,
        test=False,
        order_reference="gumroad:9f2b1c7e==",
        activate="https://datatools.example.com/activate",
        reply_to="help@example.org",
    )


@pytest.fixture
def templates() -> Templates:
    return Templates()


@pytest.fixture
def letters(signer: Signer, tmp_path: Path) -> Letters:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS)
    return Letters(ProductsFile(file, ("gumroad",)), signer, TEMPLATES)
