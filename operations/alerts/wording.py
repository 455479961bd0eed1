"""The words of a digest and of its closing note."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.advice import code_span, is_command
from domain.alerting import Judged, Standing
from domain.digest import Digest, DigestStatus
from domain.findings import Finding, Level
from domain.text import one_line
from kit.times import minute, told

LONGEST_SUBJECT = 120
LONGEST_SENTENCE = 1_000
TEST_TEXT = (
    "This is a test, and nothing is wrong. Mintpost tells you here when a sale does not go through."
)


def digest_of(judged: Judged, now: datetime) -> Digest | None:
    """Return the digest of what is due, or the closing note; None if there is nothing to tell."""
    if judged.due:
        return _firing(judged.due, now)
    return _resolved(judged.ended) if judged.ended else None


def test_digest() -> Digest:
    return Digest(DigestStatus.TEST, "Mintpost: a test of your alerts", TEST_TEXT)


def _firing(found: Sequence[Finding], now: datetime) -> Digest:
    due = sorted(found, key=lambda each: each.level is not Level.BROKEN)
    further = f" (and {len(due) - 1} more)" if len(due) > 1 else ""
    first = one_line(due[0].sentence, LONGEST_SUBJECT)
    text = "\n\n".join(_item(finding, now) for finding in due)
    return Digest(DigestStatus.FIRING, f"Mintpost needs you: {first}{further}", text, due)


def _item(finding: Finding, now: datetime) -> str:
    since = _since(finding.since, now)
    lines = [f"• {one_line(finding.sentence, LONGEST_SENTENCE)}{since}"]
    if finding.remedy is not None and finding.remedy not in finding.sentence:
        lines.append(f"  → {_remedy(finding.remedy)}")
    return "\n".join(lines)


def _since(since: datetime | None, now: datetime) -> str:
    if since is None or now - since < timedelta(minutes=1):
        return ""
    return f" (since {told(since, now)})"


def _remedy(remedy: str) -> str:
    return code_span(remedy) if is_command(remedy) else remedy


def _resolved(ended: Sequence[Standing]) -> Digest:
    lines = "\n".join(
        f"• {one_line(each.sentence, LONGEST_SENTENCE)} "
        f"({minute(each.since)} to {minute(each.seen_at)} UTC)"
        for each in ended
    )
    text = f"All is well again. This is over:\n{lines}"
    return Digest(DigestStatus.RESOLVED, "Mintpost: all is well again", text)
