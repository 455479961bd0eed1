"""Starts the workflow of one event in Temporal, within a bounded time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from db.dispatching import WaitingEvent
from db.resend_runs import WaitingResend
from domain.advice import advised, code_span
from domain.event import APPLIED_KINDS
from domain.identifiers import order_reference
from kit.temporal_outages import temporal_trouble
from workflows.apply_event import ApplyEvent
from workflows.fulfill_sale import FulfillSale
from workflows.names import SALE_PRODUCT, SALE_SOURCE, TASK_QUEUE
from workflows.resend_license import LicenseToResend, ResendLicense
from workflows.steps import EventToApply, EventToParse


class TemporalAwayError(Exception):
    """Temporal did not confirm a start, for the reason in the sentence.

    The workflow may have started or not. A retry with the same id is harmless.
    """


class AlreadyCompletedError(Exception):
    """Temporal has a completed run with this workflow id."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The texts by which a person finds and reads a run in Temporal."""

    attributes: TypedSearchAttributes
    summary: str | None
    details: str | None


NO_LABELS = Labels(TypedSearchAttributes([]), None, None)


@dataclass(frozen=True, slots=True)
class _Start:
    """`applies`: the event is no sale, or a copy of a settled one, and its facts are applied."""

    event: WaitingEvent
    workflow_id: str
    reuse: WorkflowIDReusePolicy
    applies: bool

    def run(self) -> tuple[str, EventToApply | EventToParse]:
        """Return the workflow's name and its input."""
        if self.applies:
            return ApplyEvent.__name__, EventToApply(self.event.id, self.event.kind)
        return FulfillSale.__name__, EventToParse(self.event.id)


@dataclass(frozen=True, slots=True)
class Starter:
    """Starts workflows. Each start may take `patience` in all.

    Without this limit, the SDK's own retries take 10 s where the server is down, and 30 s where
    the server hangs (measured with temporalio 1.35.0). After `task_timeout`, another worker takes
    over the workflow task of a dead worker.
    """

    client: Client
    task_queue: str = TASK_QUEUE
    patience: timedelta = timedelta(seconds=4)
    task_timeout: timedelta | None = None

    async def apply(self, event: WaitingEvent, workflow_id: str) -> None:
        """Start the workflow that applies the event's facts, also where an earlier one ended."""
        reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
        await self._start_in_time(_Start(event, workflow_id, reuse, applies=True))

    async def start(self, event: WaitingEvent, workflow_id: str, *, again: bool = False) -> None:
        """Start the event's workflow, or join a running workflow with the same id.

        A new run follows a failed one, but a completed one only if `again` is set. Raises
        AlreadyCompletedError and TemporalAwayError.
        """
        reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
        if again:
            reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
        applies = event.kind in APPLIED_KINDS
        await self._start_in_time(_Start(event, workflow_id, reuse, applies))

    async def start_resend(self, resend: WaitingResend) -> None:
        """Start the workflow of a resend; its id ends in the resend's number."""
        async with self._bounded():
            await self.client.start_workflow(
                ResendLicense.run,
                _to_resend(resend),
                id=resend.workflow_id,
                task_queue=self.task_queue,
                # The delivery's row prevents a second mail. If Temporal has a completed run with
                # this id, a person has restored the database from a backup.
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"license {resend.license_id} once more",
                rpc_timeout=self.patience,
            )

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                yield
        except WorkflowAlreadyStartedError:
            raise AlreadyCompletedError from None
        except (RPCError, TimeoutError, RuntimeError) as error:
            raise TemporalAwayError(temporal_trouble(error).sentence) from None

    async def _start_in_time(self, start: _Start) -> None:
        async with self._bounded():
            try:
                await self._start(start, _labels(start.event))
            except RPCError as error:
                if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                    raise
                # A namespace may not let us register the attributes, and Temporal's limits count
                # bytes: a product id of 200 emoji breaks one. Labels must not keep a sale back.
                await self._start(start, NO_LABELS)

    async def _start(self, start: _Start, labels: Labels) -> None:
        workflow, given = start.run()
        await self.client.start_workflow(
            workflow,
            given,
            id=start.workflow_id,
            task_queue=self.task_queue,
            task_timeout=self.task_timeout,
            id_reuse_policy=start.reuse,
            # A second event of an order joins the order's running workflow.
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=labels.attributes,
            static_summary=labels.summary,
            static_details=labels.details,
            rpc_timeout=self.patience,
        )


def _to_resend(resend: WaitingResend) -> LicenseToResend:
    first, *further = resend.delivery_ids
    return LicenseToResend(
        resend.event_id, resend.license_id, first, resend.renewed, tuple(further)
    )


def _labels(event: WaitingEvent) -> Labels:
    return Labels(_attributes(event), _summary(event), _details(event))


def _attributes(event: WaitingEvent) -> TypedSearchAttributes:
    pairs = [SearchAttributePair(SALE_SOURCE, event.source)]
    if event.product_id is not None:
        pairs.append(SearchAttributePair(SALE_PRODUCT, event.product_id))
    return TypedSearchAttributes(pairs)


def _summary(event: WaitingEvent) -> str:
    product = "" if event.product_id is None else f" of product {code_span(event.product_id)}"
    return f"{event.source} {event.kind.replace('_', ' ')}{product}"


def _details(event: WaitingEvent) -> str:
    lines = [f"- event: `{event.id}`", f"- kind: `{event.kind}`"]
    if event.order_id is not None:
        order = order_reference(event.source, event.order_id)
        lines.append(f"- everything about it: {advised('show', order)}")
    return "\n".join(lines)
