"""products, keys, migrate, and the sentences that every command may end with."""

import asyncio
import os
from pathlib import Path

import pytest
from temporalio.client import Client
from typer.main import get_command

import cli
from catalog.hints import NO_ACTIVATE
from licensing.signing import Signer
from tests.support.commanding import Run

PRODUCTS = """\
gumroad:
  - product_id: lumen
    tier: core
"""


def test_help_names_every_command_and_no_empty_type(mint: Run) -> None:
    help_ = mint("--help").out
    for name in vars(get_command(cli.app))["commands"]:
        assert f" {name} " in help_
        said = mint(name, "--help").out
        assert "<bool>" not in said
        assert "--help" in said


def test_good_products_are_told_so(mint: Run, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(f"{PRODUCTS}    activate: now\n")
    answer = mint("products", "check")
    assert (answer.out, answer.err) == ("products.yaml is fine; its entries: 1\n", "")


def test_products_without_activate_are_good_and_warned_of(mint: Run, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    answer = mint("products", "check")
    assert (answer.code, answer.out) == (0, "products.yaml is fine; its entries: 1\n")
    assert answer.err == f"products.yaml:2: warning: {NO_ACTIVATE}\n"


def test_broken_products_are_told_with_file_and_line(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{PRODUCTS}    colour: red\n")
    clean.setenv("PRODUCTS_FILE", str(file))
    # Another setting's trouble is none of this command's.
    clean.setenv("DATABASE_URL", "nonsense")
    answer = mint("products", "check")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"{file}:4: ")


def test_a_generated_key_signs(mint: Run) -> None:
    one, other = (Signer(mint("keys", "generate").out, "mintpost") for _ in range(2))
    assert one.kid != other.kid


async def test_migrate_tells_what_it_did_and_may_be_repeated(
    mint: Run, clean: pytest.MonkeyPatch, client: Client, tmp_path: Path
) -> None:
    clean.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    for _ in range(2):
        answer = await asyncio.to_thread(mint, "migrate")
        assert answer.code == 0
        first, second = answer.out.splitlines()
        assert first.startswith("the database is at migration 0")
        assert (
            second == "sales can be searched by SaleSource, SaleProduct and SaleState in Temporal"
        )
    assert (await asyncio.to_thread(mint, "events")).out == "no events\n"
    assert oct(os.stat(tmp_path / "var").st_mode & 0o777) == "0o700"  # noqa: PTH116 - one look


@pytest.mark.parametrize("command", ["events", "sales", "licenses", "deliveries"])
def test_a_missing_database_is_a_sentence(mint: Run, command: str, tmp_path: Path) -> None:
    answer = mint(command)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == (
        "there is no database at var/mintpost.db: run `mintpost dev` or `mintpost migrate`\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["events", "migrate"])
def test_a_file_that_is_no_database_is_a_sentence(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    (tmp_path / "notes.db").write_text("no database " * 1000)
    clean.setenv("DATABASE_URL", "sqlite:///notes.db")
    answer = mint(command)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("the database refuses to be used (DatabaseError)")


def test_a_database_without_tables_names_the_command(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").touch()
    clean.setenv("DATABASE_URL", "sqlite:///empty.db")
    answer = mint("events")
    assert (answer.code, answer.err) == (
        1,
        "the database has no tables yet: run `mintpost migrate`\n",
    )


def test_a_database_that_is_down_is_a_sentence_without_its_password(
    mint: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("DATABASE_URL", "postgresql://user:sekret@127.0.0.1:1/none")
    answer = mint("events")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.endswith(": is it up, and is DATABASE_URL right?\n")
    assert "sekret" not in answer.err


def test_a_folder_that_cannot_be_made_is_a_sentence(mint: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    answer = mint("dev", "--data-dir", "taken")
    assert (answer.code, answer.err) == (1, f"{tmp_path / 'taken'}: File exists\n")


@pytest.mark.parametrize("command", ["dev", "migrate"])
def test_a_setting_whose_folder_cannot_be_made_is_named(
    mint: Run, clean: pytest.MonkeyPatch, command: str
) -> None:
    clean.setenv("DATA_DIR", "/proc/1/none")
    answer = mint(command)
    named_by = "DATA_DIR" if command == "dev" else "DATA_DIR or DATABASE_URL"
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == (
        f"{named_by} cannot be used: the folder /proc/1/none cannot be made "
        "(No such file or directory): name another, or mend its parent\n"
    )


@pytest.mark.parametrize(
    "words", [["products", "check"], ["remap", "gumroad:x"], ["smoke", "--url", "http://x"]]
)
def test_a_mapping_that_is_no_file_is_told_by_the_name_of_its_setting(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    clean.setenv("PRODUCTS_FILE", str(tmp_path))
    clean.setenv("OPERATOR_EMAIL", "me@example.com")
    clean.setenv("GUMROAD_WEBHOOK_SECRET", "correct-horse-battery")
    answer = mint(*words)
    assert (answer.code, answer.err) == (1, f"PRODUCTS_FILE: {tmp_path}: is not a file\n")


def test_smoke_says_what_it_lacks(mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    url = ("smoke", "--url", "http://127.0.0.1:1")
    again = "`mintpost smoke --url http://127.0.0.1:1"
    nobody = f"nobody to mail: set OPERATOR_EMAIL, or {again} --to ADDRESS`\n"
    assert mint(*url).err == nobody
    clean.setenv("OPERATOR_EMAIL", "me@example.com")
    none = f"no secret: set GUMROAD_WEBHOOK_SECRET, or {again} --secret TEXT`\n"
    assert mint(*url).err == none
    clean.setenv("GUMROAD_WEBHOOK_SECRET", "a-secret")
    assert mint(*url).err.startswith("there is no database at ")
    assert mint("smoke").code == 2


@pytest.mark.parametrize("words", [["find", "\udcff"], ["resend", "gumroad:\udcff"]])
def test_an_argument_that_is_no_text_is_a_sentence(mint: Run, words: list[str]) -> None:
    answer = mint(*words)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "argument 2 is no text: it holds bytes that are no UTF-8\n"


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["dev", "--port", "0"], ["dev", "--port", "99999"], ["verify"]]
)
def test_wrong_usage_ends_with_2(mint: Run, arguments: list[str]) -> None:
    answer = mint(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
