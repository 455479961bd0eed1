"""`mintpost resend` of a license that is revoked or suspended asks first."""

import asyncio
import sys
from io import StringIO

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.tables import DeliveryRow, EventRow, LicenseRow
from db.views.lists import Filters, list_deliveries
from domain.event import OPERATOR
from operations.resend import resend_logged
from tests.db.rows import mint as mint_sale, sale_of
from tests.support.commanding import Answer, Run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDER = "gumroad:order-1"
REFUSAL = (
    "nothing was mailed: license 1 is revoked, because the payment was refunded. "
    "To mail it all the same: `mintpost resend gumroad:order-1 {}--yes`\n"
)


@pytest.fixture
def revoked(clean: pytest.MonkeyPatch, database: Database) -> Database:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    database.write_here(mint_sale, sale_of())
    values = update(LicenseRow).values(status="revoked", reason="refunded")
    database.write_here(Session.execute, values)
    return database


async def resent(mint: Run, *options: str) -> Answer:
    return await asyncio.to_thread(mint, "resend", ORDER, "--patience", "0", *options)


def owed(database: Database) -> list[str]:
    return [line.reason for line in database.read_here(list_deliveries, Filters())]


@pytest.mark.parametrize(
    ("options", "repeated"),
    [
        ([], ""),
        (["--to", "ada@example.org", "--reason", "typo"], "--to ADDRESS --reason TEXT "),
    ],
)
async def test_without_a_terminal_nothing_is_mailed(
    revoked: Database, mint: Run, options: list[str], repeated: str
) -> None:
    answer = await resent(mint, *options)
    assert (answer.code, answer.out, answer.err) == (1, "", REFUSAL.format(repeated))
    assert owed(revoked) == ["sale"]


async def test_yes_answers_for_a_script(revoked: Database, mint: Run) -> None:
    assert (await resent(mint, "--yes")).code == 0
    assert owed(revoked) == ["resend:1", "sale"]


@pytest.mark.parametrize(("agrees", "reasons"), [("y", ["resend:1", "sale"]), ("n", ["sale"])])
async def test_person_on_a_terminal_is_asked(
    revoked: Database, mint: Run, clean: pytest.MonkeyPatch, agrees: str, reasons: list[str]
) -> None:
    clean.setattr(sys, "stdin", StringIO(f"{agrees}\n"))
    clean.setattr(sys.stdin, "isatty", lambda: True)
    answer = await resent(mint)
    assert answer.code == len(reasons) % 2
    assert owed(revoked) == reasons
    assert answer.err.startswith(
        "license 1 is revoked, because the payment was refunded. Mail it all the same?"
    )


async def test_license_that_the_seller_gave_is_mailed_again(revoked: Database, mint: Run) -> None:
    given = update(EventRow).values(source=OPERATOR, order_id=None)
    revoked.write_here(Session.execute, given)
    assert (await resent(mint, "--yes", "--to", "ada@example.org")).code == 0
    newest, _ = revoked.read_here(list_deliveries, Filters())
    assert (newest.reason, newest.to) == ("resend:1", "ada@example.org")


async def test_all_logged_mails_leave_out_a_revoked_license(revoked: Database) -> None:
    revoked.write_here(Session.execute, update(DeliveryRow).values(status="logged"))
    assert await resend_logged(revoked, "ada", None) == []
