"""The words of a digest: the broken part first, each cause with its command, nothing twice."""

from datetime import timedelta

from domain.alerting import Judged, Standing
from domain.digest import Digest, DigestStatus
from domain.findings import Finding, Level
from operations.alerts.wording import digest_of
from tests.db.rows import NOON

WARNING = Finding("refused:gumroad", Level.WARNING, "gumroad: 1 call refused", since=NOON)
SINCE = NOON - timedelta(minutes=12)
SALE = Finding("parked:x", Level.BROKEN, "gumroad:a waits", "mintpost retry gumroad:a", SINCE)


def digest(*due: Finding) -> Digest:
    told = digest_of(Judged((), due), NOON)
    assert told is not None
    return told


def test_what_is_broken_stands_first_and_in_the_subject() -> None:
    told = digest(WARNING, SALE)
    assert told.subject == "Mintpost needs you: gumroad:a waits (and 1 more)"
    assert told.text == (
        "• gumroad:a waits (since 2026-09-01 11:48 UTC, 12 min ago)\n"
        "  → `mintpost retry gumroad:a`\n\n"
        "• gumroad: 1 call refused"
    )


def test_a_command_in_the_sentence_is_not_told_twice() -> None:
    worker = Finding("worker", Level.BROKEN, "start it: `python worker.py`", "python worker.py")
    assert digest(worker).text == "• start it: `python worker.py`"


def test_foreign_text_neither_breaks_the_line_nor_the_code() -> None:
    odd = Finding("x", Level.BROKEN, "product a\nb\u202e" + "c" * 2_000, "mintpost show 'a`b'")
    told = digest(odd)
    first, second = told.text.split("\n")
    assert (first.startswith("• product a b"), len(first) < 1_100) == (True, True)
    assert second == "  → `` mintpost show 'a`b' ``"
    assert len(told.subject) < 150


def test_the_closing_note_names_what_is_over() -> None:
    ended = Standing("worker", "worker: nobody polls", NOON, NOON + timedelta(minutes=7), NOON)
    told = digest_of(Judged((), ended=(ended,)), NOON)
    assert told is not None
    assert told.status is DigestStatus.RESOLVED
    assert told.text.endswith("• worker: nobody polls (2026-09-01 12:00 to 2026-09-01 12:07 UTC)")


def test_nothing_due_is_no_digest() -> None:
    assert digest_of(Judged(()), NOON) is None
