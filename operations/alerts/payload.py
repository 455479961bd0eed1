"""The body of an alert's POST: one form for each chat that refuses or ignores foreign keys.

Slack wants `text`, and reads `<…>` as a mention or a link. Discord wants `content` of at most 2,000
UTF-16 units, and refuses an empty or longer one. Teams' workflows want an Adaptive Card. Every
other receiver (Mattermost, Rocket.Chat, a program of one's own) gets `text` and `content` beside
the causes one by one.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from domain.digest import Digest
from domain.findings import Finding
from kit.times import iso

Body = dict[str, object]

LONGEST_TEXT = 12_000
"""Mattermost takes 16,383 characters, Slack cuts a message at 40,000, and Teams a card at 28 KB."""

LONGEST_CONTENT = 2_000
CUT = "\n… (`mintpost doctor` tells the rest)"
CODE = re.compile(r"(`+.*?`+)", re.DOTALL)


def body_for(url: str, digest: Digest) -> Body:
    parts = urlsplit(url)
    # Discord and others take Slack's form behind this path.
    is_slack = parts.path.endswith("/slack")
    return _slack(digest) if is_slack else _form_of(parts.hostname or "")(digest)


def _form_of(host: str) -> Callable[[Digest], Body]:
    known = (form for end, form in FORMS.items() if host == end or host.endswith(f".{end}"))
    return next(known, _generic)


def _slack(digest: Digest) -> Body:
    text = _cut(_whole(digest), LONGEST_TEXT)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return {"text": text, "unfurl_links": False}


def _discord(digest: Digest) -> Body:
    # Without this, `@everyone` in an order id would call everyone.
    return {"content": _content(digest), "allowed_mentions": {"parse": []}}


def _teams(digest: Digest) -> Body:
    block = {"type": "TextBlock", "text": _cut(_unmentioned(digest), LONGEST_TEXT), "wrap": True}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    content_type = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": content_type, "content": card}]}


def _generic(digest: Digest) -> Body:
    return {
        "text": _cut(_unmentioned(digest), LONGEST_TEXT),
        "content": _content(digest),
        "status": digest.status.value,
        "subject": digest.subject,
        "alerts": [_alert(each) for each in digest.alerts],
    }


FORMS: Mapping[str, Callable[[Digest], Body]] = {
    "slack.com": _slack,
    "slack-gov.com": _slack,
    "discord.com": _discord,
    "discordapp.com": _discord,
    "logic.azure.com": _teams,
    "api.powerplatform.com": _teams,
    "webhook.office.com": _teams,
}


def _alert(finding: Finding) -> Body:
    return {
        "cause": finding.cause,
        "level": finding.level.value,
        "sentence": finding.sentence,
        "remedy": finding.remedy,
        "since": None if finding.since is None else iso(finding.since),
        "count": finding.count,
    }


def _whole(digest: Digest) -> str:
    return f"{digest.subject}\n\n{digest.text}"


def _content(digest: Digest) -> str:
    return _cut(_unmentioned(digest), LONGEST_CONTENT)


def _unmentioned(digest: Digest) -> str:
    """Break `@channel` outside of code, where no chat reads a mention, so that commands stay."""
    parts = CODE.split(_whole(digest))
    return "".join(
        part if place % 2 else part.replace("@", "@\u200b") for place, part in enumerate(parts)
    )


def _cut(text: str, longest: int) -> str:
    """Return at most `longest` UTF-16 units, and say where the rest is."""
    if _units(text) <= longest:
        return text
    kept = text.encode("utf-16-le")[: 2 * (longest - _units(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
