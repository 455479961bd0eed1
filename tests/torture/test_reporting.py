"""Reports come as Postmark's do: until they are answered 200, and some before the answer."""

import asyncio
import json
from random import Random

import httpx
import pytest

from fakes.postmark import Accepted, FakePostmark
from tests.support.waiting import until
from tests.torture.test_fates import MAIL, METADATA
from tests.torture.test_traffic import answering
from torture.fates import DELIVERED, Fate, PlannedReport
from torture.reporting import Reporting
from torture.traffic import sender_client

EARLY, LATE = PlannedReport(0, 0), PlannedReport(0, 60)


def fated(monkeypatch: pytest.MonkeyPatch, *planned: PlannedReport) -> Reporting:
    def drawn(_: Random) -> tuple[Fate, tuple[PlannedReport, ...]]:
        return DELIVERED, planned

    monkeypatch.setattr("torture.reporting.draw_fate", drawn)
    monkeypatch.setattr("torture.reporting.PAUSE", 0)
    return Reporting(sender_client(), "http://127.0.0.1:1", Random(1))  # noqa: S311 - no secret


async def idle(reporting: Reporting) -> bool | None:
    return reporting.is_idle or None


async def test_a_report_is_repeated_until_it_is_answered_200(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reporting = fated(monkeypatch, EARLY, EARLY)
    async with answering(503, 503, 500, 200, 200) as (url, bodies), reporting.http:
        reporting.url = url
        await reporting.tell(MAIL)
        await until(lambda: idle(reporting), "both reports are answered")
    assert len(bodies) == 5
    assert len(set(bodies)) == 1
    assert json.loads(bodies[0])["Metadata"] == METADATA
    assert (reporting.answered, reporting.fates) == (2, {1: DELIVERED})


async def test_a_second_mail_of_a_delivery_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    reporting = fated(monkeypatch)
    await reporting.tell(MAIL)
    await reporting.tell(Accepted("m-2", MAIL.message, MAIL.received_at))
    assert reporting.fates == {1: DELIVERED}


async def test_a_report_that_is_not_answered_holds_up_the_round_and_not_the_sender(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torture.reporting.EARLY_SECONDS", 0.01)
    reporting = fated(monkeypatch, EARLY, LATE)
    await reporting.tell(MAIL)
    assert not reporting.is_idle
    reporting.stop()


async def test_the_provider_reports_before_it_answers() -> None:
    told, answered = asyncio.Event(), asyncio.Event()

    async def tell(mail: Accepted) -> None:
        assert mail.delivery == "1"
        told.set()
        await answered.wait()

    message = {"To": "a@example.com", "MessageStream": "outbound", "Metadata": METADATA}
    async with FakePostmark(tell=tell) as postmark, httpx.AsyncClient() as http:
        headers = {"x-postmark-server-token": postmark.token}
        sending = asyncio.create_task(
            http.post(f"{postmark.url}/email", json=message, headers=headers)
        )
        await told.wait()
        assert not sending.done()
        answered.set()
        assert (await sending).status_code == 200
