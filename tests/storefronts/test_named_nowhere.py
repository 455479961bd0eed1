"""Only its package and the registry name a storefront in code.

Documents, tests, fakes and benches may name a storefront, and so may files that a person edits:
`.env.example`, `docker-compose.yml` and `products.yaml`. A dialect answers the apps of a vendor,
whose name a storefront may share: its files may say it, and so may the lists of dialects and
of their ids.
"""

import subprocess
from pathlib import Path

import pytest

from storefronts.registry import SOURCES

ROOT = Path(__file__).parent.parent.parent
FREE = ("tests/", "docs/", "bench/", "fakes/", ".github/", "api/online/dialects/")
REGISTRY = "storefronts/registry.py"
DIALECT_LISTS = {
    "settings/online.py",
    "api/paths.py",
    "catalog/entries.py",
    "catalog/hints.py",
    "catalog/online_keys.py",
    "commands/menu/products.py",
    "domain/dialect_ids.py",
    "domain/online_terms.py",
}
LIST = ("git", "ls-files", "--", "*.py", "templates", "alembic.ini", "Makefile")


def code() -> list[str]:
    listed = subprocess.run(LIST, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 - of our own
    return [name for name in listed.splitlines() if not name.startswith(FREE)]


@pytest.mark.parametrize("source", SOURCES)
def test_a_storefront_is_named_in_no_code_but_its_own(source: str) -> None:
    others = [name for name in code() if not name.startswith(f"storefronts/{source}/")]
    naming = {name for name in others if source in (ROOT / name).read_text().lower()}
    assert len(others) > 200
    assert naming - DIALECT_LISTS == {REGISTRY}
