"""`mintpost import`: sentences, JSON and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.support.commanding import Answer, Run

PRODUCTS = "gumroad:\n  - product_id: lumen\n    tier: core\n    years: 1\n"
GOOD = "email,product,reference\nada@example.com,lumen,ref-1\n"
BAD = f"{GOOD}bo,lumen,ref-2\n"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(
    mint: Run, clean: pytest.MonkeyPatch, database_url: URL, tmp_path: Path
) -> Callable[..., Answer]:
    clean.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    (tmp_path / "products.yaml").write_text(PRODUCTS)

    def run(text: str, *options: str) -> Answer:
        (tmp_path / "licenses.csv").write_text(text)
        return mint("import", "licenses.csv", *options)

    return run


def test_refused_line_is_told_and_ends_with_1_after_the_others(run: Callable[..., Answer]) -> None:
    answer = run(BAD, "--no-mail")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "line 3: refused, its email is no address to which a mail can go: write one bare address",
        "Mintpost's own columns: 1 given, 1 refused",
    ]
    assert answer.err == "1 line was refused: correct the file, and import it again as a whole\n"
    assert run(GOOD).out == "Mintpost's own columns: 1 known before\n"


def test_json_has_an_object_for_each_line(run: Callable[..., Answer]) -> None:
    foretold = json.loads(run(BAD, "--json", "--dry-run").out)
    assert [(line["line"], line["result"]) for line in foretold] == [(2, "given"), (3, "refused")]
    done = json.loads(run(GOOD, "--json", "--no-mail").out)
    assert done == [
        {"line": 2, "result": "given", "order": "operator:ref-1", "license_id": 1, "why": None}
    ]
    assert json.loads(run("email,product\n", "--json").out) == []


def test_given_license_stands_in_every_list(run: Callable[..., Answer], mint: Run) -> None:
    run(GOOD, "--no-mail")
    for name in ("sales", "licenses", "events"):
        listed = mint(name)
        assert (listed.code, "operator:ref-1" in listed.out) == (0, True), listed.err
    (sale,) = json.loads(mint("sales", "--json").out)
    assert sale["status"] == "applied"


def test_file_that_is_not_there_is_told(run: Callable[..., Answer], mint: Run) -> None:
    run(GOOD, "--dry-run")
    answer = mint("import", "other.csv")
    assert (answer.code, answer.err) == (1, "other.csv: No such file or directory\n")
