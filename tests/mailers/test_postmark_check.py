"""The check of a Postmark server: it reads, quotes no secret, and names what a person can mend."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.findings import Finding, Level
from fakes.postmark import FakePostmark
from fakes.postmark_server import SECRET_IN_URL, TRANSACTIONAL, PostmarkServer, webhook
from mailers.outbox.service import LoggingEmailService
from mailers.postmark.checking import TEST_TOKEN
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

PUBLIC = "https://shop.example.com"
SECRET_NAME = "POSTMARK_WEBHOOK_SECRET"


async def findings(  # noqa: PLR0913 - the settings of a look
    fake: FakePostmark,
    public: str | None = PUBLIC,
    *,
    token: str | None = None,
    url: str | None = None,
    stream: str = "outbound",
    unset: str | None = None,
) -> Sequence[Finding]:
    account = PostmarkAccount(
        token=token or fake.token,
        sender="shop@example.org",
        message_stream=stream,
        api_url=url or fake.url,
    )
    mailer = PostmarkEmailService(account)
    try:
        found = await mailer.check(public, unset=unset)
    finally:
        await mailer.aclose()
    said = " ".join(f"{each.sentence} {each.remedy}" for each in found)
    assert SECRET_IN_URL not in said
    assert fake.token not in said
    return found


def troubles(found: Sequence[Finding]) -> list[tuple[Level, str]]:
    return [(each.level, each.sentence) for each in found if each.level is not Level.OK]


async def test_a_live_server_with_stream_and_webhook_is_ok_and_nothing_is_changed(
    fake: FakePostmark,
) -> None:
    found = await findings(fake)

    assert [each.level for each in found] == [Level.OK] * 3
    assert {each.method for each in fake.requests} == {"GET"}


Change = Callable[[PostmarkServer], None]


def sandbox(server: PostmarkServer) -> None:
    server.delivery_type = "Sandbox"


def tracking(server: PostmarkServer) -> None:
    server.tracks_opens = True


def archived(server: PostmarkServer) -> None:
    server.streams["outbound"] = {**TRANSACTIONAL, "ArchivedAt": "2026-10-01T08:00:00Z"}


def bulk(server: PostmarkServer) -> None:
    server.streams["outbound"] = {**TRANSACTIONAL, "MessageStreamType": "Broadcasts"}


def renamed(server: PostmarkServer) -> None:
    server.streams = {"letters": TRANSACTIONAL}


def unregistered(server: PostmarkServer) -> None:
    server.webhooks = [webhook("https://elsewhere.example.com/webhooks/postmark")]


def without_bounces(server: PostmarkServer) -> None:
    server.webhooks = [webhook(f"{PUBLIC}/webhooks/postmark", Bounce=False)]


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        (sandbox, Level.BROKEN, "mail: Postmark's server is a sandbox"),
        (tracking, Level.WARNING, "mail: the server tracks opens"),
        (archived, Level.BROKEN, 'mail: the message stream "outbound" is archived'),
        (bulk, Level.WARNING, 'mail: the message stream "outbound" is no transactional one'),
        (renamed, Level.BROKEN, "mail: Postmark's server has no stream named 'outbound'"),
        (unregistered, Level.WARNING, "mail reports: no webhook of the stream points at"),
        (without_bounces, Level.WARNING, "mail reports: Postmark's webhook is not told of Bounce"),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
async def test_each_trouble_of_the_server_is_one_finding_with_its_remedy(
    fake: FakePostmark, change: Change, level: Level, words: str
) -> None:
    change(fake.server)

    found = await findings(fake)

    ((told, sentence),) = troubles(found)
    assert (told, sentence[: len(words)]) == (level, words)
    assert all(each.remedy for each in found if each.level is not Level.OK)


async def test_a_webhook_of_any_host_counts_while_our_own_is_not_known(fake: FakePostmark) -> None:
    fake.server.webhooks = [webhook("https://other.example.com/webhooks/postmark?secret=x")]

    assert troubles(await findings(fake, public=None)) == []


async def test_a_webhook_whose_secret_the_api_lacks_is_told_for_our_own_address_alone(
    fake: FakePostmark,
) -> None:
    told = "mail reports: POSTMARK_WEBHOOK_SECRET is not set, so the API refuses what"
    found = await findings(fake, unset=SECRET_NAME)

    ((level, sentence),) = troubles(found)
    assert (level, sentence[: len(told)]) == (Level.WARNING, told)
    assert found[-1].remedy is not None
    assert found[-1].remedy.startswith("set POSTMARK_WEBHOOK_SECRET to the secret in the webhook")
    # The webhook may belong to another installation, whose API has its secret.
    assert troubles(await findings(fake, public=None, unset=SECRET_NAME)) == []
    fake.server.webhooks = []
    ((_, sentence),) = troubles(await findings(fake, unset=SECRET_NAME))
    assert "no webhook of the stream points at" in sentence


async def test_a_refused_token_is_told_alone(fake: FakePostmark) -> None:
    told = "mail: Postmark refuses the token in POSTMARK_TOKEN"
    assert troubles(await findings(fake, token="another")) == [(Level.BROKEN, told)]


async def test_postmarks_test_token_is_told_without_a_call(fake: FakePostmark) -> None:
    ((level, sentence),) = troubles(await findings(fake, token=TEST_TOKEN))

    assert (level, "test token" in sentence) == (Level.BROKEN, True)
    assert fake.requests == []


async def test_a_postmark_that_is_away_is_told_without_its_address(fake: FakePostmark) -> None:
    (found,) = await findings(fake, url="http://127.0.0.1:1")

    assert found.level is Level.BROKEN
    assert found.sentence == "mail: Postmark gave no answer (ConnectError), so mails wait"


async def test_the_providers_clock_is_read_from_its_answer(fake: FakePostmark) -> None:
    fake.server.at = datetime(2026, 9, 1, 12, tzinfo=UTC)
    mailer = PostmarkEmailService(PostmarkAccount(fake.token, "shop@example.org", api_url=fake.url))

    assert await mailer.provider_time() == fake.server.at
    await mailer.aclose()


async def test_the_outbox_says_that_nobody_gets_its_mails(tmp_path: Path) -> None:
    outbox = LoggingEmailService(tmp_path / "outbox")
    (found,) = await outbox.check(PUBLIC)

    assert (found.level, "nobody gets them" in found.sentence) == (Level.WARNING, True)
    assert await outbox.provider_time() is None
    assert not (tmp_path / "outbox").exists()
