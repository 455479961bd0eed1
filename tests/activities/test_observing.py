"""A step's lines name the order of the event, also where the run has the event's own id."""

from dataclasses import replace
from typing import Any

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from typing_extensions import override

from activities.observing import StepObserver
from db.engine import Database
from db.requests import store_request
from domain.identifiers import event_reference
from kit.log_context import Subject, subject
from tests.support.pings import new_event
from workflows.steps import EventToApply


class Step(ActivityInboundInterceptor):
    """Keeps the names that its lines would have."""

    def __init__(self) -> None:
        """Stand at the end: no interceptor follows."""
        self.seen = Subject()

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        self.seen = subject()


async def names_in(database: Database, workflow: str, given: object) -> Subject:
    inner = Step()
    observer = StepObserver(database).intercept_activity(inner)

    async def step(event: object) -> None:
        await observer.execute_activity(ExecuteActivityInput(step, [event], None, {}))

    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=workflow)
    await environment.run(activity.defn(step), given)
    return inner.seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_order_comes_from_the_run_or_else_from_the_event(database: Database) -> None:
    event_id = await database.write(store_request, new_event(b"", "an-order", "refund"))
    own = event_reference("gumroad", event_id)
    refund = await names_in(database, own, EventToApply(event_id, "refund"))
    assert (refund.event, refund.order, refund.workflow) == (event_id, "gumroad:an-order", own)
    for workflow in ("gumroad:a-sale", "gumroad:a-sale:resend:2"):
        sale = await names_in(database, workflow, EventToApply(999, "sale"))
        assert (sale.order, sale.workflow) == ("gumroad:a-sale", workflow)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_step_of_no_event_names_no_order(database: Database) -> None:
    assert (await names_in(database, "a:run", object())).order is None
