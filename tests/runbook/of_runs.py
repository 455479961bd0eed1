"""Situations of a sale's run in Temporal: a person ended or paused it, or its code cannot go on."""

from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from typing_extensions import override

from fakes.reactions import refuse
from tests.runbook.room import Room
from tests.runbook.situations import MailHeldBack, Situation
from tests.support.waiting import until
from workflows.steps import ClosedOrder, EventToParse


@workflow.defn(name="FulfillSale")
class BrokenFulfillSale:
    """A version whose code has a fault."""

    @workflow.run
    async def run(self, event: EventToParse) -> ClosedOrder:
        raise ValueError(event.event_id)


class Terminated(MailHeldBack):
    title = "A person ended the sale's workflow"
    reaction, word = refuse(401, 10), "token"

    @override
    async def begin(self, room: Room) -> str:
        await super().begin(room)
        await room.mintpost.run_of(room.order).terminate()
        return await room.sentence("a person")


class Paused(MailHeldBack):
    title = "A person paused a step"
    reaction, word = refuse(401, 10), "token"

    @override
    async def begin(self, room: Room) -> str:
        await super().begin(room)
        client = room.mintpost.client
        await room.mintpost.pending(room.order, "email")
        await client.workflow_service.pause_activity(
            PauseActivityRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=f"gumroad:{room.order}"),
                id="email",
                identity="a person",
            )
        )

        async def told() -> str | None:
            out = (await room.run("mintpost show 'gumroad:<sale id>'")).out
            return out if "paused in" in out else None

        return await until(told, "show tells the pause")


class TasksFail(Situation):
    title = "A sale's workflow task fails again and again"

    @override
    async def begin(self, room: Room) -> str:
        await room.move(with_worker=False)
        async with Worker(
            room.mintpost.client,
            task_queue=room.setup.task_queue,
            workflows=[BrokenFulfillSale],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            await room.sell()
            return await room.sentence("again and again")

    @override
    async def mend(self, room: Room) -> None:
        await room.work()
