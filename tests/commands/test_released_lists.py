"""The lists print the rows of the released version as it printed them itself."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL

from operations.migrate import migrate_database
from tests.support.commanding import Run
from tests.support.released import listed, unpack

RECORDED = datetime(2026, 9, 2, tzinfo=UTC)
"""A time at which the recorded licenses have not expired."""


@pytest.mark.parametrize("name", ["events", "sales", "licenses", "deliveries"])
def test_json_of_rows_from_before_the_migration_has_the_values_of_before(
    name: str, mint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = unpack(tmp_path)
    migrate_database(URL.create("sqlite", database=str(data_dir / "mintpost.db")))
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.setattr("commands.menu.lists.utc_now", lambda: RECORDED)
    answer = mint(name, "--json")
    before = listed(tmp_path, name)
    lines = zip(json.loads(answer.out), before, strict=True)
    told = [{key: line[key] for key in old} for line, old in lines]
    assert (answer.code, told) == (0, before)
