"""README.md's example for newcomers: the sale waits, and README's lines release it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import pytest

from catalog.file import ProductsFile
from domain.errors import ProductUnmappedError
from domain.sale import Sale
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.support.sales import sale_in

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "README.md").read_text()
SECTION = TEXT.partition("\n## Sell something yourself\n")[2].partition("\n## ")[0]


@pytest.fixture
def sale() -> Sale:
    (command,) = re.findall(r"^(sed .+) \|$", SECTION, re.MULTILINE)
    done = run(["sh", "-c", command], cwd=ROOT, capture_output=True, check=True)  # noqa: S603, S607 - our own page's command
    ping = StoredRequest("application/x-www-form-urlencoded", done.stdout, datetime.now(UTC))
    found = sale_in(Gumroad(()), ping)
    assert isinstance(found, Sale)
    return found


def test_the_sale_is_of_a_product_that_products_yaml_does_not_have(sale: Sale) -> None:
    catalog = ProductsFile(ROOT / "products.yaml", ("gumroad",)).current()
    with pytest.raises(ProductUnmappedError) as caught:
        catalog.find("gumroad", sale.product)
    assert caught.value.sentence in " ".join(SECTION.split())


def test_the_lines_to_add_give_it_a_license(sale: Sale, tmp_path: Path) -> None:
    (lines,) = re.findall(r"```yaml\n(.+?)```", SECTION, re.DOTALL)
    file = tmp_path / "products.yaml"
    file.write_text((ROOT / "products.yaml").read_text() + lines)
    assert ProductsFile(file, ("gumroad",)).current().find("gumroad", sale.product).tier == "core"


def test_the_commands_name_that_sale(sale: Sale) -> None:
    assert set(re.findall(r"'gumroad:(.+?)'", SECTION)) == {sale.order_id}
