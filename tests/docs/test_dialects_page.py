"""docs/dialects.md tells of each dialect what its code says, and names only paths that exist."""

import re
from pathlib import Path

import pytest

from api.online.dialects.registry import DIALECTS
from db.engine import Database
from tests.api.online.test_open_paths import app_of, routes_in
from tests.docs.test_docs import ROOT
from tests.support.online import Given, online_api

PAGE = (ROOT / "docs" / "dialects.md").read_text()
TITLES = {
    "gumroad": "Gumroad",
    "lemonsqueezy": "Lemon Squeezy",
    "polar": "Polar",
    "keygen": "Keygen",
}


def section_of(name: str) -> str:
    return PAGE.partition(f"\n## {TITLES[name]}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", DIALECTS)
def test_the_page_names_all_that_a_dialect_cannot(name: str) -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", section_of(name), re.MULTILINE)
    assert rows == ["not here", *DIALECTS[name].cannot]


def test_the_page_has_the_base_of_each_dialect_and_no_other() -> None:
    bases = re.findall(r"^\| `(\w+)` \| `https://api\.[^`]+` \| `([^`]+)` \|$", PAGE, re.MULTILINE)
    assert bases == [(name, f"https://shop.example.com/{name}") for name in DIALECTS]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_path_of_the_page_exists_once_its_dialect_is_on(
    database: Database, tmp_path: Path
) -> None:
    async with online_api(database, tmp_path, Given(dialects=tuple(DIALECTS))) as api:
        paths = {route.path for route in routes_in(app_of(api.app).router)}
    named = re.findall(r"POST (/[\w/-]+)", PAGE)
    assert len(named) == 3
    assert {*named} <= paths
