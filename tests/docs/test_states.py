"""The words for states stand in domain/ alone, so that a new state is a change of one file."""

import ast
import re

import pytest

from domain.delivery import DeliveryStatus
from domain.event import EventKind, EventStatus, IgnoredReason, Outcome
from tests.docs.test_docs import ROOT, name_of, tracked

ALLOWED = {"domain", "tests", "docs", "bench"}
"""The folders of the words, and of the programs that read them from outside."""

EXEMPT = ("workflows/outcomes.py", "workflows/sale_state.py", "db/migrations/")
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


A_STATE = re.compile(rf"[\"'}}](?:{'|'.join(STATES)})[\"'{{]")
"""Finds the few files that are worth being parsed: a part of some other text may look so."""


def states_in(source: str) -> list[str]:
    if A_STATE.search(source) is None:
        return []
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in STATES
    ]


def test_no_other_file_writes_a_state_as_a_literal() -> None:
    found = {
        name_of(file): states
        for file in tracked("*.py")
        if file.relative_to(ROOT).parts[0] not in ALLOWED
        and not name_of(file).startswith(EXEMPT)
        and (states := states_in(file.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize("source", ['x == "duplicate"', "x = 'duplicate'", 'f"{y}duplicate{z}"'])
def test_a_state_as_a_literal_is_found(source: str) -> None:
    assert states_in(source) == ["duplicate"]
