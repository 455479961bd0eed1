"""Many findings of one kind are one alert, and each keeps its command."""

from datetime import timedelta

from domain.findings import Finding, Level
from operations.alerts.together import MOST, together
from tests.db.rows import NOON

REST = "mintpost deliveries --status bounced"


def bounced(number: int, kind: str = "bounced", level: Level = Level.BROKEN) -> Finding:
    since = NOON - timedelta(minutes=number)
    return Finding(f"{kind}:{number}", level, f"sale {number} bounced", f"do {number}", since)


def test_one_finding_keeps_its_sentence_and_its_command() -> None:
    (told,) = together([bounced(1)], REST)
    assert (told.cause, told.sentence, told.remedy) == ("bounced", "sale 1 bounced", "do 1")


def test_several_are_one_with_the_oldest_time_and_every_command() -> None:
    (told,) = together([bounced(1, level=Level.WARNING), bounced(2)], REST)
    assert told.sentence == "sale 1 bounced: `do 1`; sale 2 bounced: `do 2`"
    assert (told.count, told.level) == (2, Level.BROKEN)
    assert told.since == NOON - timedelta(minutes=2)


def test_too_many_end_in_the_command_that_lists_them() -> None:
    (told,) = together([bounced(number) for number in range(MOST + 3)], REST)
    assert told.sentence.endswith(f"; and 3 more: `{REST}`")
    assert told.count == MOST + 3


def test_each_kind_is_told_by_itself() -> None:
    causes = [each.cause for each in together([bounced(1), bounced(2, "complained")], REST)]
    assert causes == ["bounced", "complained"]
