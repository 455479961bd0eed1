"""Every recorded history still replays: sales stay parked across upgrades.

The runs named `wait` stood in the middle of their path when an older version recorded them.

The replayer runs workflows in the SDK's sandbox, which the worker does without: what would
not be deterministic, a clock or a random number, shows here too.
"""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.support.histories import recorded_histories
from workflows.apply_event import ApplyEvent
from workflows.fulfill_sale import FulfillSale
from workflows.resend_license import ResendLicense


@pytest.mark.parametrize("file", recorded_histories(), ids=lambda file: file.stem)
async def test_recorded_history_replays(file: Path) -> None:
    await Replayer(workflows=[ApplyEvent, FulfillSale, ResendLicense]).replay_workflow(
        history_in(file)
    )


def history_in(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text())


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
    }
