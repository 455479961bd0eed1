"""Applies a schedule's faults to the processes, the database and the mail provider."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db.engine import Database
from domain.errors import DatabaseAwayError
from embedded.stack import Stack
from fakes.postmark import FakePostmark
from fakes.reactions import (
    ACCEPT,
    ACCEPT_AND_DROP,
    ACCEPT_AND_HANG,
    HANG,
    Reaction,
    Reply,
    Request,
    refuse,
)
from torture.database import RoundDatabase
from torture.gathering import run_of, runs_of
from torture.plan import MAIL_FAULTS, PROCESS_FAULTS, SHOP_FAULTS, Disturbance, Fault
from torture.replaying import Replayer
from torture.shop import TorturedShop
from torture.shop_faults import disturb

LAG = timedelta(seconds=2)

REACTIONS = {
    Fault.SLOWED_DOWN: refuse(429, 429),
    Fault.CLOSED: refuse(503, 100),
    Fault.TOKEN_REFUSED: refuse(401, 10),
    Fault.HANGS: HANG,
    Fault.FAILS: refuse(500, 101),
    Fault.ACCEPTS_AND_FAILS: replace(refuse(500, 101), kept=True),
    Fault.ACCEPTS_AND_DROPS: ACCEPT_AND_DROP,
    Fault.ACCEPTS_AND_LISTS_LATE: replace(ACCEPT_AND_DROP, listed_after=LAG),
    Fault.ACCEPTS_AND_HANGS: ACCEPT_AND_HANG,
    Fault.COMPLETED_BY_HAND: refuse(503, 100),
    Fault.ACCEPTS_UNREADABLY: Reaction(kept=True, reply=Reply(200, b"<html>")),
}
KILLED = {
    Fault.API_KILLED: "api",
    Fault.WORKER_KILLED: "worker",
    Fault.TEMPORAL_KILLED: "temporal",
}
FIRST_TASK_STARTED = 3
"""A reset to this history event runs every step again."""
RESET_SECONDS = 2.0
"""The provider's delay before it accepts a mail, so that the reset run could send a second mail.

Longer than a send on the fast path, and shorter than the worker's look-up at the provider.
"""
COMPLETION_SECONDS = 10.0
"""How long we wait for the step to be pending. Its mail is refused until then."""
AGAIN_SECONDS = 0.05


@dataclass(slots=True)
class Faults:
    """Applies faults. `report` gets a sentence when a fault happens."""

    stack: Stack
    postmark: FakePostmark
    store: RoundDatabase
    database: Database
    client: Client
    shop: TorturedShop
    report: Callable[[str], None]
    last: float = field(default_factory=monotonic)
    _replayer: Replayer = field(init=False)
    _locks: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    _completions: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._replayer = Replayer(self.database, self.client, self.shop.source, self.report)

    async def do_all(self, disturbances: Iterable[Disturbance]) -> None:
        """Run the faults of each lane one after another, and the lanes at the same time.

        A mail fault waits for its number of mails, so it may happen after all other faults.
        """
        planned, began = list(disturbances), monotonic()
        async with asyncio.TaskGroup() as lanes:
            for kinds in (PROCESS_FAULTS, MAIL_FAULTS, SHOP_FAULTS):
                lane = [each for each in planned if each.fault in kinds]
                lanes.create_task(self._lane(lane, began))

    async def _lane(self, disturbances: Iterable[Disturbance], began: float) -> None:
        for disturbance in disturbances:
            await asyncio.sleep(began + disturbance.at - monotonic())
            if disturbance.fault in PROCESS_FAULTS:
                self.report(f"{disturbance.fault}, for {disturbance.seconds:.1f} s")
                await self._take_away(disturbance.fault, disturbance.seconds)
                self.last = monotonic()
            elif disturbance.fault in SHOP_FAULTS:
                self.report(f"{disturbance.fault}, for {disturbance.seconds:.1f} s")
                await disturb(self.shop.api, disturbance)
                self.last = monotonic()
            else:
                reaction = self._reaction(disturbance)
                self.postmark.reactions.extend([reaction] * disturbance.mails)

    async def _take_away(self, fault: Fault, seconds: float) -> None:
        if fault is Fault.DATABASE_AWAY:
            await self.store.be_away(seconds)
        else:
            await self._kill(KILLED[fault], seconds)

    async def _kill(self, name: str, seconds: float) -> None:
        async with self._locks[name]:
            await self.stack.kill(name)
            await asyncio.sleep(seconds)
            await self.stack.revive(name)

    def _reaction(self, disturbance: Disturbance) -> Reaction:
        fault = disturbance.fault
        meanwhile: dict[Fault, Callable[[Request], Awaitable[None]]] = {
            Fault.WORKER_KILLED_MAILING: self._kill_sender,
            Fault.RESET_MAILING: self._reset_sale,
            Fault.CANCELED_MAILING: self._replayer.cancel,
            Fault.COMPLETED_BY_HAND: self._complete_by_hand,
        }

        async def told(request: Request) -> None:
            self.report(f"{fault} (delivery {request.delivery})")
            if fault in meanwhile:
                await meanwhile[fault](request)
            self.last = monotonic()

        return replace(REACTIONS.get(fault, ACCEPT), meanwhile=told)

    async def _kill_sender(self, _request: Request) -> None:
        await self._kill("worker", 0)

    async def _complete_by_hand(self, request: Request) -> None:
        """Refuse the mail until its step is completed by hand: until then the mail stays owed."""
        self.postmark.refused.add(request.delivery)
        self._completions.add(asyncio.create_task(self._complete(request.delivery)))

    async def _complete(self, delivery: str) -> None:
        try:
            async with asyncio.timeout(COMPLETION_SECONDS):
                runs = await self.database.read(runs_of, self.shop.source, int(delivery))
                while not await _completed(self.client, runs):  # noqa: ASYNC110 - of another process
                    await asyncio.sleep(AGAIN_SECONDS)
            self.report(f"that step was completed by hand (delivery {delivery})")
        except (DatabaseAwayError, RPCError, RuntimeError, TimeoutError) as error:
            why = type(error).__name__
            self.report(f"that step may not have been completed (delivery {delivery}): {why}")
        finally:
            self.postmark.refused.discard(delivery)
            self.last = monotonic()

    async def finish_replays(self) -> bool:
        return await self._replayer.finish()

    def cancel_completions(self) -> None:
        self._replayer.stop()
        for hand in self._completions:
            hand.cancel()

    async def _reset_sale(self, request: Request) -> None:
        accepted_at = monotonic() + RESET_SECONDS
        try:
            async with asyncio.timeout(RESET_SECONDS):
                run = await self.database.read(run_of, self.shop.source, int(request.delivery))
                await _reset(self.client, run)
        except (DatabaseAwayError, RPCError, RuntimeError, TimeoutError) as error:
            why = type(error).__name__
            self.report(f"that reset may not have been done (delivery {request.delivery}): {why}")
        await asyncio.sleep(accepted_at - monotonic())


async def _reset(client: Client, workflow_id: str) -> None:
    run = await client.get_workflow_handle(workflow_id).describe()
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run.run_id),
            reason="torture",
            workflow_task_finish_event_id=FIRST_TASK_STARTED,
            request_id=str(uuid4()),
        )
    )


async def _completed(client: Client, workflow_ids: Iterable[str]) -> bool:
    """Complete the first pending e-mail step with no result, as a person can in the Web UI."""
    for workflow_id in workflow_ids:
        hand = client.get_async_activity_handle(
            workflow_id=workflow_id, run_id=None, activity_id="email"
        )
        try:
            await hand.complete(None)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        else:
            return True
    return False
