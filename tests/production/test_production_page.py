"""Runs the commands of docs/production.md that need no Docker engine."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import jwt
import pytest
from sqlalchemy import text

from db.engine import Database
from db.tables import Table
from domain.license import License
from licensing.keys import new_key
from licensing.private_keys import generate_private_key
from licensing.signing import Signer

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "production.md").read_text()

LICENSE = License(
    id=12,
    key=new_key(),
    source="gumroad",
    order_id="HyMdzSI-iPve8n-plNxMHA==",
    product_id="fEv7TDvUDEKb-yaNdbudow==",
    product_name="Lumen Editor 3",
    tier="core",
    email="ada.buyer@example.com",
    name="Ada Buyer",
    seats=3,
    test=False,
    issued_at=datetime.now(UTC),
    expires_at=None,
)


def test_the_public_half_of_a_new_key_is_printed_as_apps_take_it() -> None:
    (code,) = re.findall(r"python -c '\n(.+?)' < secrets/new\.pem", PAGE, re.DOTALL)
    pem = generate_private_key()
    command = [sys.executable, "-c", code]
    printed = run(command, cwd=ROOT, input=pem, capture_output=True, check=True, text=True)  # noqa: S603 - our own page's code
    (key,) = json.loads(printed.stdout)["keys"]
    token = Signer(pem, "mintpost").sign(LICENSE)
    assert jwt.decode(token, jwt.PyJWK(key), ["EdDSA"])["jti"] == str(LICENSE.id)
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restored_database_gives_no_number_twice(database: Database) -> None:
    (statement,) = re.findall(r'--command "(SELECT setval.+?)"', PAGE, re.DOTALL)
    numbered = [table.name for table in Table.metadata.sorted_tables if "id" in table.columns]
    with database.engine.begin() as connection:
        connection.execute(text(statement))
        for table in numbered:
            assert connection.scalar(text(f"SELECT nextval('{table}_id_seq')")) > 1000


def test_a_key_is_never_readable_by_others_while_it_is_written() -> None:
    made = re.findall(r"^.*keys generate.*$", PAGE, re.MULTILINE)
    assert len(made) == 2
    assert [line for line in made if not line.startswith("(umask 077 && ")] == []


def test_a_setting_is_changed_without_starting_what_the_service_depends_on() -> None:
    section = PAGE.partition("\n## Replace a secret\n")[2].partition("\n## ")[0]
    started = re.findall(r"docker compose up [^`\n]+", section)
    assert len(started) == 4
    assert [command for command in started if " --no-deps " not in command] == []
