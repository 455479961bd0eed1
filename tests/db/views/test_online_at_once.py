"""An app asks while its device is activated."""

import pytest
from sqlalchemy import event

from db.devices import NewDevice, activate
from db.engine import Database
from db.views.online import Asked, find_online
from tests.db.rows import NOON
from tests.support.online import sell


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_device_that_comes_between_the_statements_is_counted(database: Database) -> None:
    license_ = sell(database)
    asked = Asked(license_.key.replace("-", ""), is_ours=True, device="d")
    come: list[str] = []

    def after_the_first(*executed: object) -> None:
        statement = str(executed[2])
        if "FROM licenses" in statement and not come:
            come.append(statement)
            database.write_here(activate, NewDevice(license_.id, "d", "", 3, NOON))

    event.listen(database.engine, "after_cursor_execute", after_the_first)
    try:
        found = database.read_here(find_online, asked)
    finally:
        event.remove(database.engine, "after_cursor_execute", after_the_first)
    assert found is not None
    assert (found.device is not None, found.used) == (True, 1)
