"""Each chat gets the form that it shows, and no foreign text calls anybody."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.advice import advised
from domain.digest import Digest, DigestStatus
from domain.findings import Finding, Level
from operations.alerts.payload import LONGEST_CONTENT, body_for

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
FINDING = Finding(
    "parked:gumroad:1",
    Level.BROKEN,
    "gumroad: <@U1> & @channel wait: `mintpost retry 'gumroad:a@b'`",
    "mintpost retry gumroad:a",
    NOON,
    count=3,
)
DIGEST = Digest(DigestStatus.FIRING, "Mintpost needs you", FINDING.sentence, (FINDING,))
LONG = Digest(DigestStatus.FIRING, "Mintpost needs you", "🧾" * 9_000)
GENERIC = "https://chat.example.com/hooks/x"
DISCORD = "https://discord.com/api/webhooks/1/x"
TEAMS = "https://prod-1.westeurope.logic.azure.com:443/workflows/x"


def test_slack_gets_its_text_alone_and_reads_no_mention() -> None:
    body = body_for("https://hooks.slack.com/services/T/B/x", DIGEST)
    assert set(body) == {"text", "unfurl_links"}
    assert "&lt;@U1&gt; &amp; @channel" in str(body["text"])


def test_discord_gets_its_content_alone_and_calls_nobody() -> None:
    body = body_for(DISCORD, DIGEST)
    assert set(body) == {"content", "allowed_mentions"}
    assert body["allowed_mentions"] == {"parse": []}


def test_the_slack_form_of_another_chat_is_slack_s() -> None:
    assert set(body_for(f"{DISCORD}/slack", DIGEST)) == {"text", "unfurl_links"}


def test_teams_gets_a_card() -> None:
    body = json.dumps(body_for(TEAMS, DIGEST))
    assert "application/vnd.microsoft.card.adaptive" in body


def test_any_other_receiver_gets_each_cause_by_itself() -> None:
    body = body_for(GENERIC, DIGEST)
    assert (body["status"], body["subject"]) == ("firing", "Mintpost needs you")
    assert body["alerts"] == [
        {
            "cause": "parked:gumroad:1",
            "level": "broken",
            "sentence": FINDING.sentence,
            "remedy": "mintpost retry gumroad:a",
            "since": "2026-09-01T12:00:00Z",
            "count": 3,
        }
    ]


@pytest.mark.parametrize("url", [GENERIC, DISCORD])
def test_a_mention_is_broken_and_a_command_stays_whole(url: str) -> None:
    content = str(body_for(url, DIGEST)["content"])
    assert "@channel" not in content
    assert "`mintpost retry 'gumroad:a@b'`" in content


@pytest.mark.parametrize(
    "foreign",
    [
        "<!channel>",
        "<@U1>",
        "[pay](//evil.example)",
        "![](//evil.example/x.png)",
        "``@channel",
        "a` @channel",
        "a`@channel`<!here>",
    ],
)
def test_foreign_text_calls_nobody_and_is_no_link(foreign: str) -> None:
    text = f"gumroad:{foreign} waits: {advised('retry', f'gumroad:{foreign}')}\n{foreign} `"
    digest = Digest(DigestStatus.FIRING, "Mintpost needs you", text)
    told = outside_of_code(str(body_for(GENERIC, digest)["text"]))
    assert [sign for sign in ("@channel", "<!", "<@", "](") if sign in told] == []


def outside_of_code(markdown: str) -> str:
    """Return the text outside of code spans as CommonMark ends them: at a run of equal length."""
    span = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
    return "\n".join(span.sub("", line) for line in markdown.split("\n"))


def test_a_card_of_teams_has_no_foreign_link() -> None:
    text = "retry: `mintpost retry '[pay](//evil.example)'`"
    assert "](" not in json.dumps(body_for(TEAMS, replace(DIGEST, text=text)))


@pytest.mark.parametrize("url", [GENERIC, DISCORD])
def test_content_is_cut_at_discord_s_limit(url: str) -> None:
    content = str(body_for(url, LONG)["content"])
    assert len(content.encode("utf-16-le")) // 2 <= LONGEST_CONTENT
    assert content.endswith("(`mintpost doctor` tells the rest)")


def test_a_lookalike_host_gets_the_general_form() -> None:
    assert "alerts" in body_for("https://notslack.com/x", DIGEST)
