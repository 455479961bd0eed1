"""The checks side by side: a hanging or failing one hides no other."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from domain.errors import DatabaseAwayError
from domain.findings import Finding, Level, ok
from operations.doctor.checks import Check, Look, Told, examine, is_broken
from operations.doctor.sentences import divided

SHORT = timedelta(milliseconds=50)


async def hangs() -> Sequence[Finding]:
    await asyncio.Event().wait()
    raise AssertionError


async def fails() -> Sequence[Finding]:
    raise ValueError("with an address: ada@example.com")


async def has_no_database() -> Sequence[Finding]:
    raise DatabaseAwayError("OperationalError")


async def test_a_check_that_hangs_or_fails_has_its_line_beside_the_others() -> None:
    looks: dict[str, Look] = {
        "a": hangs,
        "b": Told(ok("b", "well")),
        "c": fails,
        "d": has_no_database,
    }
    found = await examine([Check("Group", part, look) for part, look in looks.items()], SHORT)

    assert [(each.part, each.finding.level) for each in found] == [
        ("a", Level.BROKEN),
        ("b", Level.OK),
        ("c", Level.UNCHECKED),
        ("d", Level.UNCHECKED),
    ]
    told = [each.finding.sentence for each in found]
    assert told[0] == "a: no answer within 0.05 s"
    assert told[2:] == [
        "c: not checked: the check itself failed (ValueError); please report this",
        "d: not checked: the database does not answer",
    ]
    assert is_broken(found)
    assert not is_broken(found[1:])


def test_a_sentence_is_divided_into_the_finding_and_its_bare_command() -> None:
    assert divided("no tables yet: run `mintpost migrate`", "?") == (
        "no tables yet",
        "mintpost migrate",
    )
    assert divided("EMAIL_FROM is no mailbox: write it as a@b: c", "?") == (
        "EMAIL_FROM is no mailbox: write it as a@b",
        "c",
    )
    assert divided("gumroad: 1 call refused with 404. Try `mintpost smoke`", "?") == (
        "gumroad: 1 call refused with 404",
        "Try `mintpost smoke`",
    )
    assert divided("ALERT_AFTER_SECONDS: input should be a number", "correct it") == (
        "ALERT_AFTER_SECONDS: input should be a number",
        "correct it",
    )
    assert divided("no advice", "look") == ("no advice", "look")
