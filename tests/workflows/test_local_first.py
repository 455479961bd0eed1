"""A local activity that a person cancels ends the run, and nothing goes on behind it."""

import pytest
from temporalio import workflow
from temporalio.exceptions import ActivityError, CancelledError

from workflows import local_first
from workflows.common_steps import DATABASE_FAST, DATABASE_SLOW
from workflows.sale_state import SaleState
from workflows.steps import EventToParse, ParseStep
from workflows.story import Story


async def canceled(*_: object, **__: object) -> None:
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


async def test_canceled_local_step_is_not_repeated_on_the_visible_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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


async def test_canceled_question_for_the_state_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workflow, "patched", lambda _: True)
    monkeypatch.setattr(workflow, "execute_local_activity_method", canceled)
    with pytest.raises(ActivityError):
        await SaleState(1).want("parked")
