"""A report of a mail is recorded with the API's own role in PostgreSQL."""

import pytest

from db.engine import Database
from db.mail_reports import record_report
from domain.mail_reports import MailReport, ReportKind
from kit.clock import utc_now
from tests.api.test_database_role import ON_POSTGRES, as_api, owning
from tests.db.test_delivery_claims import claimed, letter, line, owed

pytestmark = pytest.mark.usefixtures("database_url")


@ON_POSTGRES
def test_a_report_of_a_mail_in_doubt_is_recorded(database: Database) -> None:
    delivery = owed(database)
    claimed(database, delivery)
    reference, at = letter(database, delivery).reference, utc_now()
    told = MailReport("postmark", "key", ReportKind.DELIVERED, at, None, "m-1", delivery, reference)
    with owning(database.engine.url) as owner, as_api(owner) as role:
        assert role.write_here(record_report, told, at)
    assert line(database).status == "delivered"
