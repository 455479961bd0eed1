"""The lists print the rows of the released version as it printed them itself."""

import json
from pathlib import Path

import pytest
from sqlalchemy import URL

from operations.migrate import migrate_database
from tests.support.commanding import Run
from tests.support.released import listed, unpack


@pytest.mark.parametrize("name", ["events", "sales", "licenses", "deliveries"])
def test_json_of_rows_from_before_the_migration_is_unchanged(
    name: str, mint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = unpack(tmp_path)
    migrate_database(URL.create("sqlite", database=str(data_dir / "mintpost.db")))
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    answer = mint(name, "--json")
    assert (answer.code, json.loads(answer.out)) == (0, listed(tmp_path, name))
