"""`mintpost alerts test` tells what became of each way."""

import asyncio
import re
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from activities.digests import DigestMailer
from db.digests import kept_digests
from db.engine import Database
from mailers.outbox.service import LoggingEmailService
from operations.alerts.trying import reaches_somebody, try_alerts
from operations.checks import Check
from tests.support.alert_receiver import TOKEN, receiving
from tests.support.commanding import Run
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OPERATOR = "operator@shop.example"
SOON = timedelta(milliseconds=50)


def marks(checks: list[Check]) -> list[str]:
    """Return the mark that the command prints for each check."""
    return ["!" if not each.shown else "✓" if each.holds else "✗" for each in checks]


@ON_SQLITE
async def test_a_receiver_that_takes_it_and_a_worker_that_is_away(database: Database) -> None:
    async with receiving() as receiver:
        checks = await try_alerts(lambda: nullcontext(database), receiver.url, OPERATOR, SOON)
        (body,) = receiver.bodies
    assert (body["status"], body["alerts"]) == ("test", [])
    assert marks(checks) == ["✓", "✗"]
    assert "Set OPERATOR_EMAIL for the worker" in checks[1].found


@ON_SQLITE
async def test_a_receiver_that_refuses_it_is_told_without_its_address(database: Database) -> None:
    async with receiving() as receiver:
        receiver.answers = [404]
        checks = await try_alerts(lambda: nullcontext(database), receiver.url, None, SOON)
    assert marks(checks) == ["✗", "!"]
    assert "answers 404, as if the address were old or wrong" in checks[0].found
    assert TOKEN not in str(checks)


@ON_SQLITE
async def test_a_mail_that_is_only_written_down_reaches_nobody(
    database: Database, tmp_path: Path
) -> None:
    worker = DigestMailer(database, LoggingEmailService(tmp_path), OPERATOR)
    trying = asyncio.create_task(
        try_alerts(lambda: nullcontext(database), None, OPERATOR, timedelta(seconds=60))
    )

    async def is_owed() -> bool | None:
        return (await database.read(kept_digests)).unmailed == 1 or None

    await until(is_owed, "the worker has a digest to mail")
    await worker.run_once()
    checks = await trying
    assert marks(checks) == ["!", "!"]
    assert "only written into outbox/" in checks[1].found
    assert not reaches_somebody(checks)


def test_the_chat_is_tried_while_the_database_is_away(mint: Run, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("ALERT_WEBHOOK_URL", f"http://127.0.0.1:1/{TOKEN}")
    clean.setenv("OPERATOR_EMAIL", OPERATOR)
    answer = mint("alerts", "test")
    assert answer.code == 1
    assert answer.err.startswith("a test alert did not arrive")
    assert "ALERT_WEBHOOK_URL takes a test alert: it cannot be reached" in answer.out
    assert "OPERATOR_EMAIL: there is no database at" in answer.out


def test_the_command_says_that_nothing_is_set(mint: Run) -> None:
    mint("migrate")
    answer = mint("alerts", "test", "--patience", "1")
    assert answer.code == 1
    assert "ALERT_WEBHOOK_URL is not set here" in answer.out
    assert answer.err.startswith("no alert reaches you: set ALERT_WEBHOOK_URL or OPERATOR_EMAIL")
    narrow = mint("alerts", "test", "--patience", "1", terminal=80)
    rows = re.sub(r"\x1b\[[\d;]*m", "", narrow.out).splitlines()
    assert all(len(row) <= 80 for row in rows)
    assert rows[-1].startswith("     s. Set OPERATOR_EMAIL")


def test_the_command_fails_when_a_way_that_is_set_fails(
    mint: Run, clean: pytest.MonkeyPatch
) -> None:
    mint("migrate")
    clean.setenv("ALERT_WEBHOOK_URL", f"http://127.0.0.1:1/{TOKEN}")
    answer = mint("alerts", "test", "--patience", "1")
    assert answer.code == 1
    assert answer.err.startswith("a test alert did not arrive. Correct the setting")
    assert answer.err.endswith("try again: `mintpost alerts test`\n")
    assert "ALERT_WEBHOOK_URL takes a test alert: it cannot be reached" in answer.out
    assert TOKEN not in answer.out


@pytest.mark.parametrize("url", ["hooks.slack.com/x", "ftp://x.example/y", "https://", "http://["])
def test_an_address_that_cannot_be_called_is_refused_without_being_quoted(
    mint: Run, clean: pytest.MonkeyPatch, url: str
) -> None:
    clean.setenv("ALERT_WEBHOOK_URL", f"{url}")
    answer = mint("alerts", "test")
    assert answer.code == 1
    assert answer.err.startswith("ALERT_WEBHOOK_URL is no URL")
    assert url not in answer.err
