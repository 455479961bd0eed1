"""The words for states stand in domain/ alone, so that a new state is a change of one file."""

import ast
from pathlib import Path

from domain.delivery import DeliveryStatus
from domain.event import EventKind, EventStatus, IgnoredReason, Outcome
from tests.docs.test_docs import ROOT, name_of, tracked

ALLOWED = {"domain", "tests", "docs", "bench"}
"""The folders of the words, and of the programs that read them from outside."""

EXEMPT = ("workflows/outcomes.py", "db/migrations/")
"""Workflows must not import domain/, and a migration keeps the words of its day."""

STATES = {
    *Outcome,
    *EventStatus,
    *DeliveryStatus,
    EventKind.RECURRING_CHARGE,
    EventKind.TEST_PING,
    IgnoredReason.FOREIGN_SELLER,
} - {EventStatus.OPEN, EventStatus.FAILED, DeliveryStatus.REFUSED}
"""The states whose word has no other meaning."""


def words_of(file: Path) -> list[str]:
    return [
        node.value
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_no_other_file_writes_a_state_as_a_literal() -> None:
    found = {
        name_of(file): states
        for file in tracked("*.py")
        if file.relative_to(ROOT).parts[0] not in ALLOWED
        and not name_of(file).startswith(EXEMPT)
        and (states := [word for word in words_of(file) if word in STATES])
    }
    assert found == {}
