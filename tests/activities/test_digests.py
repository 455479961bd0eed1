"""The worker mails the digests of alerts, each once, whatever becomes of an attempt."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, update
from sqlalchemy.orm import Session

from activities.digests import KEPT, DigestMailer, DigestPatience
from db.alerts import add_digest
from db.digests import kept_digests
from db.engine import Database, open_engine
from db.tables import DigestRow
from domain.digest import Digest, DigestStatus
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT_AND_DROP, ACCEPT_AND_RESET, DROP, refuse
from kit.clock import utc_now
from mailers.outbox.service import LoggingEmailService
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OPERATOR = "operator@shop.example"
WORKER = Digest(DigestStatus.FIRING, "Mintpost needs you: the worker", "• start `python worker.py`")
SPOOL = Digest(DigestStatus.FIRING, "Mintpost needs you: the spool", "• <b>make room</b>")
AT_ONCE = DigestPatience(visible=timedelta(0))


@pytest.fixture
async def fake() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


@pytest.fixture
async def postmark(fake: FakePostmark) -> AsyncIterator[PostmarkEmailService]:
    account = PostmarkAccount(fake.token, "Shop <shop@shop.example>", api_url=fake.url)
    service = PostmarkEmailService(account)
    yield service
    await service.aclose()


def owe(database: Database, *digests: Digest) -> None:
    for digest in digests:
        database.write_here(add_digest, digest, utc_now())


def unmailed(database: Database) -> int:
    return database.read_here(kept_digests).unmailed


async def test_two_workers_mail_what_waits_once_as_one_mail(
    database: Database, database_url: URL, fake: FakePostmark, postmark: PostmarkEmailService
) -> None:
    owe(database, SPOOL, WORKER)
    other = Database(open_engine(database_url))
    workers = [DigestMailer(each, postmark, OPERATOR) for each in (database, other)]
    troubles = await asyncio.gather(*(each.run_once() for each in (*workers, *workers)))
    other.dispose()
    (mail,) = fake.accepted
    assert troubles == [None] * 4
    assert (mail.message["To"], mail.message["Subject"]) == (OPERATOR, WORKER.subject)
    assert mail.message["TextBody"].count("•") == 2
    assert "&lt;b&gt;make room&lt;/b&gt;" in mail.message["HtmlBody"]
    assert "<code>python worker.py</code>" in mail.message["HtmlBody"]
    # The number of a digest must not be taken for that of a delivery.
    assert mail.message["Metadata"]["delivery"].startswith("digest-")
    assert unmailed(database) == 0


@ON_SQLITE
@pytest.mark.parametrize("lost", [ACCEPT_AND_DROP, ACCEPT_AND_RESET])
async def test_a_mail_that_went_out_without_an_answer_is_found(
    database: Database, fake: FakePostmark, postmark: PostmarkEmailService, lost: object
) -> None:
    owe(database, WORKER)
    fake.reactions.append(lost)  # type: ignore[arg-type]
    worker = DigestMailer(database, postmark, OPERATOR)
    assert await worker.run_once() is not None
    owe(database, SPOOL)
    assert await worker.run_once() is None
    assert (len(fake.accepted), unmailed(database)) == (1, 1)
    assert await worker.run_once() is None
    assert [each.message["Subject"] for each in fake.accepted] == [WORKER.subject, SPOOL.subject]


@ON_SQLITE
async def test_a_mail_that_did_not_go_out_is_sent_once_the_doubt_is_over(
    database: Database, fake: FakePostmark, postmark: PostmarkEmailService
) -> None:
    owe(database, WORKER)
    fake.reactions.append(DROP)
    patient = DigestMailer(database, postmark, OPERATOR)
    assert await patient.run_once() is not None
    assert "does not list the mail yet" in str(await patient.run_once())
    assert await DigestMailer(database, postmark, OPERATOR, AT_ONCE).run_once() is None
    assert (len(fake.accepted), unmailed(database)) == (1, 0)


@ON_SQLITE
async def test_a_worker_that_died_while_it_mailed_is_replaced(
    database: Database, fake: FakePostmark, postmark: PostmarkEmailService
) -> None:
    owe(database, WORKER)
    lease = utc_now() + timedelta(minutes=1)
    claimed = update(DigestRow).values(attempt_ends_at=lease)
    database.write_here(lambda session: session.execute(claimed))
    worker = DigestMailer(database, postmark, OPERATOR, AT_ONCE)
    assert (await worker.run_once(), len(fake.accepted)) == (None, 0)
    ended = update(DigestRow).values(attempt_ends_at=utc_now() - timedelta(seconds=1))
    database.write_here(lambda session: session.execute(ended))
    assert (await worker.run_once(), len(fake.accepted)) == (None, 1)


@ON_SQLITE
async def test_a_provider_that_refuses_us_is_told_and_asked_again(
    database: Database, fake: FakePostmark, postmark: PostmarkEmailService
) -> None:
    owe(database, WORKER)
    fake.reactions.append(refuse(401, 10))
    worker = DigestMailer(database, postmark, OPERATOR)
    assert "check POSTMARK_TOKEN" in str(await worker.run_once())
    assert (await worker.run_once(), len(fake.accepted)) == (None, 1)


@ON_SQLITE
async def test_an_address_that_no_provider_takes_stops_the_digest(
    database: Database,
    fake: FakePostmark,
    postmark: PostmarkEmailService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    owe(database, WORKER)
    fake.reactions.append(refuse(422, 406))
    worker = DigestMailer(database, postmark, OPERATOR)
    assert (await worker.run_once(), await worker.run_once()) == (None, None)
    assert (len(fake.accepted), unmailed(database)) == (0, 0)
    assert "correct OPERATOR_EMAIL" in caplog.text
    assert OPERATOR not in caplog.text


@ON_SQLITE
async def test_without_a_provider_the_digest_has_a_file_of_its_own(
    database: Database, tmp_path: Path
) -> None:
    owe(database, WORKER)
    assert await DigestMailer(database, LoggingEmailService(tmp_path), OPERATOR).run_once() is None
    assert (tmp_path / "digest-1.eml").exists()
    assert not (tmp_path / "delivery-1.eml").exists()


@ON_SQLITE
async def test_without_an_operator_nothing_is_mailed_and_old_digests_go(
    database: Database, tmp_path: Path
) -> None:
    owe(database, WORKER, SPOOL)

    def age(session: Session) -> None:
        old = utc_now() - KEPT - timedelta(minutes=1)
        session.execute(update(DigestRow).where(DigestRow.id == 1).values(created_at=old))

    database.write_here(age)
    assert await DigestMailer(database, LoggingEmailService(tmp_path), None).run_once() is None
    assert unmailed(database) == 1  # Nothing was mailed, and the old digest is gone.
