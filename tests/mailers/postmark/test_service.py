"""Postmark's mailer, against a server that accepts mails, loses them and breaks connections."""

import asyncio
import base64
import json
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import (
    DeliveryInDoubtError,
    MailerRefusesError,
    RecipientRefusedError,
)
from fakes.postmark import FakePostmark
from fakes.reactions import (
    ACCEPT_AND_DROP,
    ACCEPT_AND_HANG,
    ACCEPT_AND_RESET,
    DROP,
    HANG,
    Reaction,
    Reply,
    refuse,
)
from mailers.base import Email, Mark
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

SOON = timedelta(milliseconds=400)
GZIP = (("Content-Encoding", "gzip"),)


async def test_the_request_holds_all_that_postmark_needs_and_nothing_else(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    await postmark.send(email)

    assert json.loads(fake.requests[0].body) == {
        "From": "Example Shop <shop@example.org>",
        "To": "buyer@example.com",
        "ReplyTo": "help@example.org",
        "Subject": email.subject,
        "TextBody": email.text,
        "HtmlBody": email.html,
        "Headers": [
            {"Name": "Auto-Submitted", "Value": "auto-generated"},
            {"Name": "X-Auto-Response-Suppress", "Value": "OOF, AutoReply"},
        ],
        "MessageStream": "licenses",
        "Tag": "license",
        "TrackOpens": False,
        "TrackLinks": "None",
        "Metadata": {"delivery": "12", "reference": "0f1e2d3c"},
        "Attachments": [
            {
                "Name": "license.jwt",
                "Content": base64.b64encode(b"eyJ.eyJ.sig").decode(),
                "ContentType": "application/jwt",
            }
        ],
    }
    assert fake.requests[0].headers["accept"] == "application/json"


async def test_absent_fields_are_left_out(fake: FakePostmark, email: Email) -> None:
    account = PostmarkAccount(fake.token, "shop@example.org", api_url=fake.url + "/")
    async with aclosing(PostmarkEmailService(account)) as mailer:
        await mailer.send(replace(email, attachments=()))

    assert not {"ReplyTo", "Attachments"} & fake.accepted[0].message.keys()
    assert fake.accepted[0].message["MessageStream"] == "outbound"


async def test_a_foreign_domain_goes_out_as_an_a_label(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    await postmark.send(replace(email, to="Buyer@bücher.example"))

    assert fake.accepted[0].message["To"] == "Buyer@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("reaction", "sent"),
    [
        pytest.param(ACCEPT_AND_DROP, 1, id="closed after it was taken"),
        pytest.param(ACCEPT_AND_RESET, 1, id="reset after it was taken"),
        pytest.param(ACCEPT_AND_HANG, 1, id="taken and no answer"),
        pytest.param(HANG, 0, id="lost and no answer"),
        pytest.param(DROP, 0, id="lost and closed"),
        pytest.param(Reaction(kept=True, end="close", raw=b"SSH-2.0-OpenSSH\r\n"), 1, id="garbage"),
        pytest.param(
            Reaction(kept=True, end="close", raw=b"HTTP/1.1 200 OK\r\nCont"), 1, id="half a head"
        ),
        pytest.param(
            Reaction(kept=True, end="close", raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
            1,
            id="half a body",
        ),
    ],
)
async def test_an_answer_that_never_came_is_a_doubt_and_sends_nothing_again(
    reaction: Reaction, sent: int, fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    fake.reactions.append(reaction)

    with pytest.raises(DeliveryInDoubtError) as caught:
        await postmark.send(email, SOON)

    assert len(fake.requests) == 1
    found = await postmark.find(email.mark)
    assert (found is not None) == (sent == 1)
    assert "buyer" not in repr(caught.value)


async def test_an_answer_that_cannot_be_unpacked_is_a_doubt(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    fake.reactions.append(Reaction(kept=False, reply=Reply(200, b"no gzip", GZIP)))

    with pytest.raises(DeliveryInDoubtError, match="DecodingError"):
        await postmark.send(email)


async def test_a_cancelled_call_is_cancelled_and_not_a_failure(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    fake.reactions.append(ACCEPT_AND_HANG)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await postmark.send(email)

    assert len(fake.accepted) == 1


@pytest.mark.parametrize(
    ("token", "url"),
    [
        ("two\nlines", None),
        ("two\r\nX-Other: 1", None),
        ("schlüssel", None),
        ("\ud800", None),
        ("hush", "api.postmarkapp.com"),
        ("hush", "ftp://127.0.0.1"),
        ("hush", "http://"),
        ("hush", "http://127.0.0.1:99999"),
        ("hush", "http://127.0.0.1:port"),
        ("hush", ""),
    ],
)
async def test_a_setting_that_makes_no_request_is_for_the_operator(
    token: str, url: str | None, fake: FakePostmark, email: Email
) -> None:
    api_url = fake.url if url is None else url
    account = PostmarkAccount(token, "shop@example.org", api_url=api_url)
    async with aclosing(PostmarkEmailService(account)) as mailer:
        with pytest.raises(MailerRefusesError) as sending:
            await mailer.send(email)
        with pytest.raises(MailerRefusesError):
            await mailer.find(email.mark)

    assert token not in sending.value.sentence.split()
    assert fake.requests == []


async def test_no_connection_is_used_twice(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    await postmark.send(email)
    await postmark.send(replace(email, mark=Mark(13, "0f1e2d3c")))

    assert [mail.delivery for mail in fake.accepted] == ["12", "13"]
    assert fake.connections == 2


async def test_the_look_up_asks_the_stream_that_was_sent_to(
    fake: FakePostmark, postmark: PostmarkEmailService
) -> None:
    await postmark.find(Mark(12, "0f1e2d3c"))

    assert fake.requests[0].target == (
        "/messages/outbound?count=50&offset=0&messagestream=licenses&metadata_delivery=12"
    )


async def test_a_list_that_lags_shows_the_mail_later(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    fake.unlisted = 2
    receipt = await postmark.send(email)

    found = [await postmark.find(Mark(12, "0f1e2d3c")) for _ in range(3)]

    assert found == [None, None, receipt]


async def test_a_wrong_token_sends_nothing(fake: FakePostmark, email: Email) -> None:
    account = PostmarkAccount("another", "shop@example.org", api_url=fake.url)
    async with aclosing(PostmarkEmailService(account)) as mailer:
        with pytest.raises(MailerRefusesError, match="POSTMARK_TOKEN"):
            await mailer.send(email)
        with pytest.raises(MailerRefusesError, match="POSTMARK_TOKEN"):
            await mailer.find(email.mark)

    assert fake.accepted == []


async def test_a_refused_recipient_is_named_by_its_delivery(
    fake: FakePostmark, postmark: PostmarkEmailService, email: Email
) -> None:
    fake.reactions.append(refuse(422, 406, "Found inactive addresses: buyer@example.com."))

    with pytest.raises(RecipientRefusedError, match="delivery 12") as caught:
        await postmark.send(email)

    assert caught.value.detail == "Found inactive addresses: buyer@example.com."


def test_the_token_is_not_shown() -> None:
    assert "hush" not in repr(PostmarkAccount("hush", "shop@example.org"))
