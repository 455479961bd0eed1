"""`mintpost show`: one sale whole, and what it waits for."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, timedelta

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from commands.tables import cell, console, iso, print_json
from db.listing import (
    DeliveryLine,
    EventLine,
    Filters,
    LicenseLine,
    SaleLine,
    list_deliveries,
    list_events,
    list_licenses,
    list_sales,
)

Line = EventLine | SaleLine | LicenseLine | DeliveryLine

PATIENCE = timedelta(seconds=3)
EVERYTHING = 1000


@dataclass(frozen=True, slots=True)
class WholeOrder:
    events: list[EventLine]
    sales: list[SaleLine]
    licenses: list[LicenseLine]
    deliveries: list[DeliveryLine]


@dataclass(frozen=True, slots=True)
class PendingStep:
    step: str
    attempt: int
    next_try: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """`status` as Temporal has it in lower case, or why it cannot be told."""

    id: str
    status: str
    pending: list[PendingStep]


def load_order(session: Session, source: str, order_id: str) -> WholeOrder:
    filters = Filters(source=source, order_id=order_id, limit=EVERYTHING)
    return WholeOrder(
        list_events(session, filters),
        list_sales(session, filters),
        list_licenses(session, filters),
        list_deliveries(session, filters),
    )


async def workflow_state(config: ClientConnectConfig, workflow_id: str) -> WorkflowState:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await _state(await Client.connect(**config), workflow_id)
    except (RuntimeError, TimeoutError):
        return WorkflowState(workflow_id, "not known: Temporal cannot be reached", [])


async def _state(client: Client, workflow_id: str) -> WorkflowState:
    try:
        found = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return WorkflowState(workflow_id, "not known to Temporal", [])
        return WorkflowState(workflow_id, f"not known: Temporal said {error.status.name}", [])
    status = "unknown" if found.status is None else found.status.name.lower()
    return WorkflowState(workflow_id, status, _pending(found))


def waits_for(order: WholeOrder, workflow: WorkflowState) -> str | None:
    """Return the sentence of what an order waits for; None when it waits for nothing."""
    if workflow.pending:
        step = workflow.pending[0]
        soon = "" if step.next_try is None else f", next try at {step.next_try}"
        return f"{step.step} (attempt {step.attempt}{soon}): {step.sentence or 'under way'}"
    open_rows = [event for event in order.events if event.outcome is None]
    if not open_rows:
        return None
    return open_rows[0].error or "the next step"


def print_order(
    reference: str, order: WholeOrder, workflow: WorkflowState, *, as_json: bool
) -> None:
    waiting = waits_for(order, workflow)
    if as_json:
        whole = {"order": reference, **asdict(order), "workflow": asdict(workflow)}
        print_json({**whole, "waits_for": waiting})
        return
    out = console()
    out.print(Text(reference, style="bold"))
    for title, lines in _sections(order):
        out.print(f"\n[bold]{title}[/]")
        for number, line in enumerate(lines):
            if number:
                out.print()
            out.print(_facts(line))
    out.print("\n[bold]workflow[/]")
    out.print(Text(f"  {workflow.status}"))
    if waiting is not None:
        out.print(Padding(Text(f"waits for {waiting}", style="yellow"), (0, 0, 0, 2)))


def _sections(order: WholeOrder) -> list[tuple[str, Sequence[Line]]]:
    sections: list[tuple[str, Sequence[Line]]] = [
        ("pings", order.events[::-1]),
        ("sale", order.sales),
        ("license", order.licenses),
        ("e-mails", order.deliveries[::-1]),
    ]
    return [(title, lines) for title, lines in sections if lines]


def _facts(line: Line) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for field in fields(line):
        value = getattr(line, field.name)
        if field.name not in {"source", "order_id"} and value not in (None, {}):
            table.add_row(field.name.replace("_", " "), cell(value))
    return table


def _pending(found: WorkflowExecutionDescription) -> list[PendingStep]:
    return [
        PendingStep(
            step=activity.activity_id,
            attempt=activity.attempt,
            next_try=_next_try(activity),
            sentence=activity.last_failure.message,
        )
        for activity in found.raw_description.pending_activities
    ]


def _next_try(activity: PendingActivityInfo) -> str | None:
    if not activity.HasField("scheduled_time"):
        return None
    return iso(activity.scheduled_time.ToDatetime(UTC).replace(microsecond=0))
