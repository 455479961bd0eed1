"""A step that a person cancels does not go on where it waits."""

import pytest
from temporalio.exceptions import ActivityError, CancelledError

from workflows import local_first
from workflows.common_steps import DATABASE_FAST, DATABASE_SLOW
from workflows.sale_state import SaleState
from workflows.steps import EventToParse, ParseStep
from workflows.story import Story


async def test_canceled_local_step_is_not_repeated_on_the_visible_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def canceled(*_: object) -> None:
        failure = ActivityError(
            "canceled",
            scheduled_event_id=1,
            started_event_id=1,
            identity="",
            activity_type="parse",
            activity_id="parse",
            retry_state=None,
        )
        raise failure from CancelledError("canceled")

    monkeypatch.setattr(local_first, "_locally", canceled)
    monkeypatch.setattr(local_first, "_visibly", None)
    with pytest.raises(ActivityError):
        await local_first.local_first(
            ParseStep.parse,
            EventToParse(1),
            story=Story(SaleState(1)),
            activity_id="parse",
            summary="parse",
            fast=DATABASE_FAST,
            slow=DATABASE_SLOW,
        )
