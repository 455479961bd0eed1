"""Looks up a delivery in Postmark's list of mails, also when the list proves nothing."""

import json
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.delivery import DeliveryStatus
from domain.error_branches import MintpostError
from domain.errors import DeliveryInDoubtError, MailerRefusesError
from mailers.base import Mark, Receipt
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

ANSWERS = Path(__file__).parents[2] / "data" / "postmark" / "lookup_answers.json"
LOOKUPS: dict[str, dict[str, Any]] = json.loads(ANSWERS.read_text())
MESSAGE_ID = "7c1f0f5e-2b7a-4d0e-9a51-3f6d2c8e4b10"


def _response(case: dict[str, Any]) -> httpx.Response:
    return httpx.Response(case["status"], headers=case["headers"], json=case["body"])


async def _find(response: httpx.Response) -> Receipt | None:
    account = PostmarkAccount("token", "shop@example.org")
    transport = httpx.MockTransport(lambda _: response)
    async with aclosing(PostmarkEmailService(account, transport)) as mailer:
        return await mailer.find(Mark(12, "0f1e2d3c"))


@pytest.mark.parametrize("name", ["one", "queued", "total_as_text"])
async def test_a_listed_mail_counts_as_sent(name: str) -> None:
    assert await _find(_response(LOOKUPS[name])) == Receipt(DeliveryStatus.ACCEPTED, MESSAGE_ID)


@pytest.mark.parametrize("name", ["none", "foreign"])
async def test_no_mail_with_our_mark_is_none_found(name: str) -> None:
    assert await _find(_response(LOOKUPS[name])) is None


async def test_of_several_mails_the_oldest_counts_and_the_doubling_is_told() -> None:
    receipt = await _find(_response(LOOKUPS["several"]))

    assert receipt == Receipt(
        DeliveryStatus.ACCEPTED, MESSAGE_ID, "Postmark lists 2 mails of this delivery"
    )


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bad_token", MailerRefusesError),
        ("paging_error", MailerRefusesError),
        ("unavailable", DeliveryInDoubtError),
    ],
)
async def test_a_failed_look_up_leaves_the_question_open(
    name: str, error: type[MintpostError]
) -> None:
    with pytest.raises(error) as caught:
        await _find(_response(LOOKUPS[name]))

    assert "nothing was sent" not in caught.value.sentence


@pytest.mark.parametrize(
    "body", ["", "<html>", "{}", '{"Messages":{}}', '{"Messages":[1]}', '{"Messages":[{}]}']
)
async def test_a_list_that_cannot_be_read_leaves_the_question_open(body: str) -> None:
    with pytest.raises(DeliveryInDoubtError):
        await _find(httpx.Response(200, content=body))


async def test_a_look_up_that_is_slowed_down_waits_as_asked() -> None:
    with pytest.raises(DeliveryInDoubtError) as caught:
        await _find(httpx.Response(429, headers={"Retry-After": "7"}))

    assert caught.value.retry_after == timedelta(seconds=7)


def test_every_published_answer_is_looked_at() -> None:
    assert set(LOOKUPS) == {
        "none",
        "one",
        "several",
        "queued",
        "foreign",
        "total_as_text",
        "paging_error",
        "bad_token",
        "unavailable",
    }
