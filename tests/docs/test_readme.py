"""README.md's example for newcomers: the sale waits, and README's lines release it."""

import re
import shlex
from pathlib import Path

import pytest
import typer

import cli
from catalog.file import ProductsFile
from domain.errors import ProductUnmappedError
from domain.sale import Sale
from kit.clock import utc_now
from operations.wished_events import Wish, first_request
from storefronts.base import StoredRequest
from storefronts.gumroad.sample import GumroadSample
from storefronts.gumroad.storefront import Gumroad
from storefronts.sample_events import SampleEvent
from tests.support.sales import sale_in

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "README.md").read_text()
SECTION = TEXT.partition("\n## Sell something yourself\n")[2].partition("\n## ")[0]
CATALOG = ProductsFile(ROOT / "products.yaml", ("gumroad",)).current()


@pytest.fixture
def sale() -> Sale:
    """Read the sale of README's first command."""
    (words,) = re.findall(r"^mintpost trigger (sale .+)$", SECTION, re.MULTILINE)
    group = typer.main.get_command(cli.app)
    command = vars(group)["commands"]["trigger"]
    given = command.make_context("trigger", shlex.split(words)).params
    wish = Wish(event=SampleEvent(given["event"]), source="gumroad", product_id=given["product"])
    request = first_request(wish, GumroadSample("secret"), CATALOG, utc_now())
    stored = StoredRequest(request.headers["Content-Type"], request.body, utc_now())
    found = sale_in(Gumroad(()), stored)
    assert isinstance(found, Sale)
    return found


def test_the_sale_is_of_a_product_that_products_yaml_does_not_have(sale: Sale) -> None:
    with pytest.raises(ProductUnmappedError) as caught:
        CATALOG.find("gumroad", sale.product)
    assert caught.value.sentence in " ".join(SECTION.split())


def test_the_lines_to_add_give_it_a_license(sale: Sale, tmp_path: Path) -> None:
    (lines,) = re.findall(r"```yaml\n(.+?)```", SECTION, re.DOTALL)
    file = tmp_path / "products.yaml"
    file.write_text((ROOT / "products.yaml").read_text() + lines)
    assert ProductsFile(file, ("gumroad",)).current().find("gumroad", sale.product).tier == "core"


def test_the_commands_find_that_buyer(sale: Sale) -> None:
    (name,) = re.findall(r"^mintpost find (\w+)", SECTION, re.MULTILINE)
    assert name in sale.name.lower()
