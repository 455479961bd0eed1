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
BREAK = "\u200b"
CUT = "\n… (`mintpost doctor` tells the rest)"
CODE = re.compile(r"(`[^`]*`)")
ACTING = re.compile(r"(?<=@)|(?<=<)(?=[!@#])|(?<=\])(?=\()")
"""Begins of a mention (`@all`, or `<!channel>` in Mattermost), a link or an image."""


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
    # A card knows no code, and reads a link within backticks too.
    text = ACTING.sub(BREAK, _cut(_whole(digest), LONGEST_TEXT))
    block = {"type": "TextBlock", "text": text, "wrap": True}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    content_type = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": content_type, "content": card}]}


def _generic(digest: Digest) -> Body:
    return {
        "text": _cut(_harmless(digest), LONGEST_TEXT),
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
    return _cut(_harmless(digest), LONGEST_CONTENT)


def _harmless(digest: Digest) -> str:
    return "\n".join(map(_without_acts, _whole(digest).split("\n")))


def _without_acts(line: str) -> str:
    """Break mentions, links and images outside of code, so that commands stay.

    Foreign backticks could move the ends of the code. A command that holds one stands between
    double backticks, and a single one leaves an odd number. Then no part counts as code.
    """
    is_plain = "``" in line or line.count("`") % 2
    parts = [line] if is_plain else CODE.split(line)
    broken = (ACTING.sub(BREAK, part) if not at % 2 else part for at, part in enumerate(parts))
    return "".join(broken)


def _cut(text: str, longest: int) -> str:
    """Return at most `longest` UTF-16 units, and say where the rest is."""
    if _units(text) <= longest:
        return text
    kept = text.encode("utf-16-le")[: 2 * (longest - _units(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
