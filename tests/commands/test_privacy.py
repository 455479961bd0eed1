"""`mintpost erase`, `export` and `prune`, as a person types them."""

import json
from pathlib import Path

import pytest

from commands.asking import UNANSWERED
from db.engine import Database
from db.tables import Table
from db.views.person import known_of_person
from tests.support.commanding import Run
from tests.support.person import (
    NAME,
    PRIVATE,
    RIGHT,
    TYPO,
    keep_person,
    keep_sale,
    left_in,
    sale_body,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ERASE = ("erase", "--email", RIGHT)
ABOUT_NOBODY = {
    "alerts",
    "answer_key_lists",
    "answer_keys",
    "digests",
    "revocation_lists",
    "signing_keys",
}
"""A new table stands here, or `mintpost export` has it, and `mintpost erase` was thought of."""

GIVER, RECEIVER = "generous.gifter@example.com", "giftee@example.org"


@pytest.fixture
def sold(clean: pytest.MonkeyPatch, database: Database, tmp_path: Path) -> Database:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    clean.setenv("DATA_DIR", str(tmp_path))
    database.write_here(keep_person)
    return database


@pytest.mark.parametrize("terminal", [80, 160])
def test_erase_shows_what_goes_and_asks_first(sold: Database, mint: Run, terminal: int) -> None:
    refused = mint(*ERASE, terminal=terminal)
    assert (refused.code, UNANSWERED in refused.err) == (1, True)
    assert "mail reports  1" in " ".join(refused.out.split("\n")).replace("   ", "  ")
    assert left_in(sold) != []


def test_erase_tells_what_it_did_and_finds_nothing_again(sold: Database, mint: Run) -> None:
    done = mint(*ERASE, "--yes")
    assert done.code == 0
    assert done.out.split()[:4] == ["sales", "1", "licenses", "1"]
    assert "erased. The license goes on" in done.out
    assert [word for word in PRIVATE if word in done.out] == []
    assert left_in(sold) == []
    again = mint(*ERASE, "--yes")
    assert (again.code, again.out) == (0, "nothing to erase: nothing is kept under this address\n")


def test_a_dry_run_erases_nothing(sold: Database, mint: Run) -> None:
    told = mint(*ERASE, "--dry-run")
    assert told.out.endswith("would be erased\n")
    (counts,) = json.loads(mint(*ERASE, "--dry-run", "--json").out)
    assert (counts["licenses"], counts["devices"], counts["events"]) == (1, 1, 0)
    assert left_in(sold) != []


def test_export_prints_everything_about_the_person(sold: Database, mint: Run) -> None:
    known = json.loads(mint("export", "--email", TYPO.upper()).out)
    assert known["sales"][0]["name"] == NAME
    known = json.loads(mint("export", "--email", RIGHT).out)
    assert (known["licenses"][0]["key"], known["licenses"][0]["email"]) == ("KEY-ada-1", RIGHT)
    assert known["devices"][0]["label"] == "Ada's laptop"
    assert TYPO in known["mail_reports"][0]["detail"]
    assert "ada.byuer%40example.com" in known["requests"][0]["body"]
    assert {each["kind"] for each in known["facts"]} == {"payment", "act"}
    assert "token" not in known["licenses"][0]
    del sold


def test_export_leaves_out_no_table_with_rows_about_people(sold: Database) -> None:
    known = sold.read_here(known_of_person, RIGHT)
    assert known.keys() | ABOUT_NOBODY == Table.metadata.tables.keys()


def test_export_tells_a_giver_nothing_of_the_receiver_and_back(sold: Database, mint: Run) -> None:
    gift = sale_body("gift-1", RECEIVER, "Generous Gifter", "07")
    sold.write_here(keep_sale, "gift-1", gift)
    of_giver = mint("export", "--email", GIVER).out
    assert (GIVER in of_giver, RECEIVER in of_giver) == (True, False)
    assert json.loads(mint("export", "--email", RECEIVER).out)["sales"][0]["giver"] is None


def test_export_of_a_stranger_is_empty(sold: Database, mint: Run) -> None:
    del sold
    known = json.loads(mint("export", "--email", "nobody@example.org").out)
    assert [rows for rows in known.values() if rows] == []


def test_prune_counts_asks_and_drops(sold: Database, mint: Run) -> None:
    del sold
    counted = mint("prune", "--older-than", "1d", "--dry-run")
    assert "would drop the requests of 1 event that closed before" in counted.out
    assert UNANSWERED in mint("prune", "--older-than", "1d").err
    (dropped,) = json.loads(mint("prune", "--older-than", "1d", "--yes", "--json").out)
    assert dropped == {"events": 1, "requests": 1, "answers": 1}
    assert "nothing to drop" in mint("prune", "--older-than", "1d").out
    assert mint("prune", "--older-than", "soon").code == 2


@pytest.mark.parametrize("part", ["", "ada", "@example.com"])
@pytest.mark.parametrize("verb", ["erase", "export"])
def test_a_part_of_an_address_is_refused(sold: Database, mint: Run, verb: str, part: str) -> None:
    refused = mint(verb, "--email", part)
    assert (refused.code, "one whole address" in refused.err) == (2, True)
    assert left_in(sold) != []
