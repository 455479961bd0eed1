"""The page about a further storefront tells the files of the package, and about their sizes."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "adding-a-storefront.md").read_text()
PACKAGE = ROOT / "storefronts" / "lemonsqueezy"
ROW = re.compile(r"^\| `(\w+\.py)` \|.*\| (\d+) \|$", re.MULTILINE)
NOT_OF_SELLING = {"__init__.py", "export.py"}
TOLERANCE = 10
"""In lines; or a tenth of the file."""


def sizes() -> dict[str, int]:
    files = (each for each in PACKAGE.glob("*.py") if each.name not in NOT_OF_SELLING)
    return {each.name: len(each.read_text().splitlines()) for each in files}


def test_the_page_tells_each_file_with_about_its_size() -> None:
    told = {name: int(size) for name, size in ROW.findall(PAGE)}

    assert set(told) == set(sizes())
    wrong = {
        name: size
        for name, size in sizes().items()
        if abs(size - told[name]) > max(TOLERANCE, size // 10)
    }
    assert wrong == {}


def test_the_page_tells_about_the_sum() -> None:
    play = sum(size for name, size in sizes().items() if name.startswith("sample"))
    rest = sum(sizes().values()) - play
    told = [int(number) for number in re.findall(r"takes (\d+) lines to read, and (\d+)", PAGE)[0]]

    assert abs(rest - told[0]) <= told[0] // 10
    assert abs(play - told[1]) <= told[1] // 10
