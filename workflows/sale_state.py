"""The search attribute `SaleState`, by which a person finds the runs that wait or failed."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows.names import SALE_STATE
from workflows.steps import AskedState, StateStep

PARKED = "parked"
FAILED = "failed"

ANSWERED_WITHIN = timedelta(seconds=3)
ONCE = RetryPolicy(maximum_attempts=1)


@dataclass(slots=True)
class SaleState:
    """The value that Temporal has, `shown`, and the one that it shall have, `wanted`.

    An undisturbed run wants none, and so it has no event of ours in its history. Another run first
    asks, once, whether the namespace knows the attribute: an unknown one would fail its workflow
    task for ever ([0051](../docs/adr/0051-sale-state.md)).
    """

    event_id: int
    wanted: str | None = None
    shown: str | None = None
    known: bool | None = None

    async def want(self, state: str | None) -> None:
        self.wanted = state
        if self.wanted == self.shown:
            return
        if self.known is None:
            self.known = await self.is_known()
        # Another line of the order may have asked at the same time, and shown the state.
        if self.known and self.wanted != self.shown:
            self.show()

    async def is_known(self) -> bool:
        # Runs that began in an older version have no event of it in their histories.
        if not workflow.patched("SaleState"):
            return False
        try:
            answer = await workflow.execute_local_activity_method(
                StateStep.ask_state,
                AskedState(self.event_id),
                activity_id="state",
                summary=f"ask Temporal whether it knows {SALE_STATE.name}",
                start_to_close_timeout=ANSWERED_WITHIN,
                schedule_to_close_timeout=ANSWERED_WITHIN,
                retry_policy=ONCE,
            )
        except FailureError as failure:
            if is_cancelled_exception(failure):
                raise
            return False
        return answer.known

    def show(self) -> None:
        unset, state = SALE_STATE.value_unset(), self.wanted
        update = unset if state is None else SALE_STATE.value_set(state)
        workflow.upsert_search_attributes([update])
        self.shown = state
