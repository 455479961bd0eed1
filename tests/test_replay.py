"""Every recorded history still replays: sales stay parked across upgrades.

The runs named `wait` stood in the middle of their path when an older version recorded them. Those
named `upgraded` waited in the version before migration 0013, and the version after it ended them.

The replayer runs workflows in the SDK's sandbox, which the worker does without: what would
not be deterministic, a clock or a random number, shows here too.
"""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.support.histories import recorded_histories
from workflows.apply_event import ApplyEvent
from workflows.fulfill_sale import FulfillSale
from workflows.resend_license import ResendLicense


@pytest.fixture(scope="module")
async def failures() -> Mapping[str, Exception | None]:
    """Replay all histories with one replayer, because it imports all workflows at its start."""
    replayer = Replayer(workflows=[ApplyEvent, FulfillSale, ResendLicense])
    async with replayer.workflow_replay_iterator(histories()) as results:
        return {each.history.workflow_id: each.replay_failure async for each in results}


async def histories() -> AsyncIterator[WorkflowHistory]:
    for file in recorded_histories():
        yield WorkflowHistory.from_json(file.stem, file.read_text())


@pytest.mark.parametrize("file", recorded_histories(), ids=lambda file: file.stem)
async def test_recorded_history_replays(
    failures: Mapping[str, Exception | None], file: Path
) -> None:
    if (failure := failures[file.stem]) is not None:
        raise failure


def test_each_path_of_the_workflow_is_recorded() -> None:
    paths = {file.stem.split(".")[-1] for file in recorded_histories()}
    assert paths >= {
        "undisturbed",
        "ignored",
        "parked-at-mint",
        "parked-at-email",
        "failed-at-parse",
        "failed-at-email",
        "failed-then-reset",
        "completed-then-reset",
        "renewed",
        "renewed-nothing",
        "taken-back",
        "completed-by-hand",
        "done-again-at-close",
        "refused-then-minted",
        "handed-to-apply",
        "with-mail",
        "effective-later",
        "waits-at-mint",
        "waits-at-email",
        "waits-at-complete",
        "waits-for-its-moment",
        "second-line-waits-at-mint",
        "two-lines-wait-at-email",
        "two-mails-wait",
        "shown-as-parked",
        "shown-as-failed",
        "canceled-at-mint",
        "canceled-at-email",
        "canceled-before-its-moment",
        "canceled",
        "canceled-in-the-version-before",
        "upgraded-at-mint",
        "upgraded-at-email",
        "upgraded-before-its-moment",
        "upgraded-then-canceled",
    }
