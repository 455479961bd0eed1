"""`mintpost products ids`: what a seller needs to configure apps of another vendor's API."""

import json
from pathlib import Path

import pytest

from domain.catalog import Offer
from domain.dialect_ids import NamedId, ids_of_offer, named_ids
from domain.license import Term
from domain.online_terms import OnlineTerms, PolarIds
from tests.support.commanding import Run

UUID = "3f1c1b0e-9f57-4a37-8f0a-0c2c5b0e7a11"
PRODUCTS = f"""\
gumroad:
  - product_id: editor
    tier: pro
    variant: {{Edition: Pro}}
    dialects:
      lemonsqueezy: {{store: 1, product: 2, variant: 3}}
      polar: {{organization: {UUID}}}
  - product_id: editor
    license: none
"""
POLAR = PolarIds(UUID)
PRO = Offer("editor", "pro", Term(None), online=OnlineTerms(polar=POLAR))


@pytest.fixture(autouse=True)
def products(tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)


def test_each_id_is_told_with_its_origin(mint: Run) -> None:
    derived = ids_of_offer("mintpost", PRO)
    said = mint("products", "ids").out.splitlines()
    assert said[0] == "gumroad editor, tier pro, Edition: Pro"
    assert [line.split() for line in said[1:]] == [
        ["lemonsqueezy", "store", "1", "set"],
        ["lemonsqueezy", "product", "2", "set"],
        ["lemonsqueezy", "variant", "3", "set"],
        ["polar", "organization", UUID, "set"],
        ["polar", "benefit", derived.polar.benefit, "derived"],
        ["keygen", "account", derived.keygen.account, "derived"],
        ["keygen", "product", derived.keygen.product, "derived"],
    ]
    assert max(map(len, said)) <= 80


def test_json_names_the_entry_with_each_id(mint: Run) -> None:
    first, *_, last = json.loads(mint("products", "ids", "--json").out)
    entry = {
        "source": "gumroad",
        "product_id": "editor",
        "variant": {"Edition": "Pro"},
        "tier": "pro",
    }
    assert first == {**entry, "dialect": "lemonsqueezy", "name": "store", "value": 1, "set": True}
    product = ids_of_offer("mintpost", PRO).keygen.product
    assert last == {
        **entry,
        "dialect": "keygen",
        "name": "product",
        "value": product,
        "set": False,
    }


def test_derived_ids_follow_the_issuer(mint: Run, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("LICENSE_ISSUER", "shop")
    # Another setting's trouble is none of this command's.
    clean.setenv("DATABASE_URL", "nonsense")
    assert ids_of_offer("shop", PRO).keygen.account in mint("products", "ids").out


def test_a_broken_mapping_is_told_with_its_line(mint: Run, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(f"{PRODUCTS}    colour: red\n")
    answer = mint("products", "ids")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("products.yaml:10: ")


def test_without_entries_there_is_nothing_to_tell(mint: Run, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text("gumroad: []")
    assert mint("products", "ids").out == ""
    assert mint("products", "ids", "--json").out == "[]\n"


def test_an_id_that_the_entry_leaves_out_counts_as_derived() -> None:
    polar = [one for one in named_ids(ids_of_offer("mintpost", PRO)) if one.dialect == "polar"]
    assert polar[0] == NamedId("polar", "organization", UUID, is_set=True)
    assert not polar[1].is_set
