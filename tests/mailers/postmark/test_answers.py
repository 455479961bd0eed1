"""Maps every published answer of Postmark to its error class."""

import json
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.delivery import DeliveryStatus
from domain.error_branches import MintpostError
from domain.errors import (
    DeliveryInDoubtError,
    MailBuiltWronglyError,
    MailerAwayError,
    MailerRefusesError,
    RecipientRefusedError,
)
from mailers.base import Email, Receipt
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

FOLDER = Path(__file__).parents[2] / "data" / "postmark"
SEND_CASES: list[dict[str, Any]] = json.loads((FOLDER / "send_cases.json").read_text())
MESSAGE_ID = "7c1f0f5e-2b7a-4d0e-9a51-3f6d2c8e4b10"
ERRORS: dict[tuple[str, str], type[MintpostError]] = {
    ("transient", "no"): MailerAwayError,
    ("transient", "unknown"): DeliveryInDoubtError,
    ("needs_operator", "no"): MailerRefusesError,
    ("recipient_permanent", "no"): RecipientRefusedError,
    ("our_bug", "no"): MailBuiltWronglyError,
}
SENTENCES = {
    "bad_token": "POSTMARK_TOKEN",
    "test_token": "test token",
    "from_invalid": "check EMAIL_FROM",
    "reply_to_invalid": "check EMAIL_REPLY_TO",
    "sender_not_found": "no confirmed sender",
    "sender_not_confirmed": "no confirmed sender",
    "out_of_credits": "out of credits",
    "attachment_type": "attachment",
    "account_pending": "awaits approval",
    "account_may_not_send": "account or server may not send",
    "server_invalid": "account or server may not send",
    "stream_unknown": 'message stream "licenses" does not exist',
    "stream_cannot_send": 'message stream "licenses" cannot send',
    "ip_not_allowed": "IP address",
    "unknown_code": "unexpected answer 422 with code 1999",
    "unprocessable_not_json": "unexpected answer 422 from",
    "redirect": "unexpected answer 302 from",
    "not_found": "unexpected answer 404 from",
    "forbidden_by_proxy": "unexpected answer 403 from",
    "to_invalid": "Postmark rejects the address of delivery 12",
    "to_parse_error": "Postmark rejects the address of delivery 12",
    "recipient_inactive": "has blocked the address of delivery 12: reactivate",
    "recipient_inactive_old_text": "has blocked the address of delivery 12: reactivate",
    "accepted_status_but_error_code": "has blocked the address of delivery 12: reactivate",
    "rate_limited": "asks us to slow down",
    "maintenance": "down for maintenance",
    "internal_error": "HTTP 500",
    "gateway_timeout": "HTTP 504",
    "answer_cut_short": "cannot be read",
}


def _response(case: dict[str, Any]) -> httpx.Response:
    body = case["body"]
    content = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(case["status"], headers=case["headers"], content=content)


def _mailer(response: httpx.Response) -> PostmarkEmailService:
    account = PostmarkAccount("token", "shop@example.org", message_stream="licenses")
    return PostmarkEmailService(account, httpx.MockTransport(lambda _: response))


async def _send(response: httpx.Response, email: Email) -> Receipt:
    async with aclosing(_mailer(response)) as mailer:
        return await mailer.send(email)


def _named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", [c for c in SEND_CASES if c["class"] == "accepted"], ids=_named)
async def test_an_accepted_mail_keeps_its_message_id(case: dict[str, Any], email: Email) -> None:
    receipt = await _send(_response(case), email)

    delayed = "delayed" in case["name"]
    remark = "Postmark says that delivery may be delayed" if delayed else None
    assert receipt == Receipt(DeliveryStatus.ACCEPTED, MESSAGE_ID, remark)


@pytest.mark.parametrize("case", [c for c in SEND_CASES if c["class"] != "accepted"], ids=_named)
async def test_every_other_answer_raises_its_class(case: dict[str, Any], email: Email) -> None:
    with pytest.raises(MintpostError) as caught:
        await _send(_response(case), email)

    assert type(caught.value) is ERRORS[case["class"], case["sent"]]
    assert SENTENCES.get(case["name"], "") in caught.value.sentence


@pytest.mark.parametrize("case", [c for c in SEND_CASES if c["class"] != "accepted"], ids=_named)
async def test_postmarks_words_stand_in_the_detail_alone(
    case: dict[str, Any], email: Email
) -> None:
    words = case["body"].get("Message") if isinstance(case["body"], dict) else None

    with pytest.raises(MintpostError) as caught:
        await _send(_response(case), email)

    assert "@" not in caught.value.sentence
    assert caught.value.__cause__ is None
    if words and case["name"] not in {"test_token", "accepted_but_no_message_id"}:
        assert caught.value.detail == " ".join(words.split())
        assert words not in caught.value.sentence


def test_every_sentence_that_is_expected_has_its_case() -> None:
    assert set(SENTENCES) <= {case["name"] for case in SEND_CASES}


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", timedelta(seconds=7)), ("86400", timedelta(hours=1))],
    ids=["seconds", "too long"],
)
async def test_retry_after_is_obeyed_up_to_an_hour(
    header: str, wait: timedelta, email: Email
) -> None:
    with pytest.raises(MailerAwayError) as caught:
        await _send(httpx.Response(429, headers={"Retry-After": header}), email)

    assert caught.value.retry_after == wait


async def test_retry_after_may_be_a_date(email: Email) -> None:
    header = format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)
    with pytest.raises(MailerAwayError) as caught:
        await _send(httpx.Response(429, headers={"Retry-After": header}), email)

    assert caught.value.retry_after is not None
    assert timedelta(minutes=1) < caught.value.retry_after <= timedelta(minutes=30)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "0",
        "-5",
        "soon",
        "9" * 30,
        "9" * 5000,
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 -0000",
        "Wed, 99 Oct 2015 07:28:00 GMT",
    ],
)
async def test_an_invalid_retry_after_is_ignored(header: str, email: Email) -> None:
    with pytest.raises(MailerAwayError) as caught:
        await _send(httpx.Response(429, headers={"Retry-After": header}), email)

    assert caught.value.retry_after is None


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff\xfe", b"null", b"[]", b'"OK"', b'{"a":'])
async def test_an_unreadable_positive_answer_is_a_doubt(body: bytes, email: Email) -> None:
    with pytest.raises(DeliveryInDoubtError):
        await _send(httpx.Response(200, content=body), email)


@pytest.mark.parametrize("status", [408, 500, 503, 520])
async def test_a_proxys_trouble_is_a_doubt(status: int, email: Email) -> None:
    with pytest.raises(DeliveryInDoubtError, match=f"HTTP {status}"):
        await _send(httpx.Response(status), email)


async def test_a_message_id_that_no_column_could_hold_is_a_doubt(email: Email) -> None:
    with pytest.raises(DeliveryInDoubtError):
        await _send(httpx.Response(200, json={"MessageID": "a\0b", "ErrorCode": 0}), email)


async def test_texts_that_no_column_could_hold_are_cleaned(email: Email) -> None:
    content = json.dumps({"ErrorCode": 402, "Message": "a\0b\n \ud800" + "x" * 1000})

    with pytest.raises(MailBuiltWronglyError) as caught:
        await _send(httpx.Response(422, content=content), email)

    assert caught.value.detail is not None
    assert caught.value.detail.startswith("a b x")
    assert len(caught.value.detail) == 500


async def test_a_mail_over_the_limit_is_not_even_sent(email: Email) -> None:
    with pytest.raises(MailBuiltWronglyError) as caught:
        await _send(
            httpx.Response(200, json=SEND_CASES[0]["body"]), replace(email, text="x" * 10**7)
        )

    assert "are the limit" in str(caught.value.detail)
