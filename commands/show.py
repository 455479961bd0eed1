"""`mintpost show`: one sale whole, and what it waits for."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from functools import partial
from typing import TypeVar

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session
from temporalio.envconfig import ClientConnectConfig

from commands.database import Databases
from commands.naming import references, the_one_sale
from commands.show_workflow import PendingStep, WorkflowState, workflow_state
from commands.spooled import SpooledLine, spooled_requests
from commands.tables import cell, console, print_json
from db.views.corrections import CorrectionLine, list_corrections
from db.views.lists import (
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
from db.views.naming import event_alone, order_minted_by
from domain.delivery import DeliveryStatus
from domain.errors import DatabaseAwayError
from kit.runs import paused_sentence
from relay.spool import Spool

Line = EventLine | SaleLine | LicenseLine | DeliveryLine | CorrectionLine | SpooledLine

R = TypeVar("R")

DATABASE_PATIENCE = timedelta(seconds=5)
"""Longer than a connect, whose failure says more."""

EVERYTHING = 1000
NO_ORDER = ""

SPOOLED = "the database: a request is in the spool, and goes in by itself"
ASIDE = "a person: a request was set aside in the spool, and the API's log says why"
KEPT = "kept for the license that the order will have"
REPLACED = "a later correction stands"
NOBODY_GOT_IT = "it was only written into the outbox: nobody got it"
HOW_TO_SEND = "set POSTMARK_TOKEN, then `mintpost resend --status logged`"


@dataclass(frozen=True, slots=True)
class WholeOrder:
    events: list[EventLine] = field(default_factory=list)
    sales: list[SaleLine] = field(default_factory=list)
    licenses: list[LicenseLine] = field(default_factory=list)
    deliveries: list[DeliveryLine] = field(default_factory=list)
    spooled: list[SpooledLine] = field(default_factory=list)
    corrections: list[CorrectionLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a sale is looked for; `sources` are the storefronts."""

    sources: Collection[str]
    spool: Spool
    databases: Databases
    temporal: ClientConnectConfig


async def run_show(text: str, places: Places, *, as_json: bool) -> None:
    """Print all of the sale that `text` names or finds; raise RefusedError where that is no one."""
    for reference in references(text, places.sources):
        if (order := await whole_order(reference, places)) is not None:
            break
    else:
        found = partial(the_one_sale, places.databases, text)
        reference = await in_time(found, DATABASE_PATIENCE)
        order = await whole_order(reference, places) or WholeOrder()
    state = await workflow_state(places.temporal, workflow_of(order, reference))
    print_order(reference, order, state, as_json=as_json)


async def whole_order(reference: str, places: Places) -> WholeOrder | None:
    """Return what the database and the spool have of a reference; None where that is nothing."""
    source, _, order_id = reference.partition(":")
    spooled = spooled_requests(places.spool, source, order_id)
    try:
        reading = partial(read_order, places.databases, source, order_id)
        order = await in_time(reading, DATABASE_PATIENCE)
    except DatabaseAwayError:
        # That is when requests are spooled.
        if not spooled:
            raise
        order = WholeOrder()
    order.spooled.extend(spooled)
    return order if order.events or spooled else None


async def in_time(work: Callable[[], R], patience: timedelta) -> R:
    """Do it in a thread that nobody waits for when it hangs. Raises DatabaseAwayError."""
    thread = ThreadPoolExecutor(1)
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await asyncio.get_running_loop().run_in_executor(thread, work)
    except TimeoutError:
        raise DatabaseAwayError(f"no answer within {patience.total_seconds():g} s") from None
    finally:
        thread.shutdown(wait=False)


def read_order(databases: Databases, source: str, order_id: str) -> WholeOrder:
    with databases() as database:
        return database.read_here(load_order, source, order_id)


def load_order(session: Session, source: str, order_id: str) -> WholeOrder:
    """Return the rows of an order, or those around the one event that runs under no order's id."""
    events = order = Filters(source=source, order_id=order_id, limit=EVERYTHING)
    if (event_id := event_alone(session, source, order_id)) is not None:
        events = Filters(source=source, event_id=event_id)
        minted = order_minted_by(session, event_id) or NO_ORDER
        order = Filters(source=source, order_id=minted, limit=EVERYTHING)
    return WholeOrder(
        list_events(session, events),
        list_sales(session, order),
        list_licenses(session, order),
        list_deliveries(session, order),
        corrections=list_corrections(session, source, order.order_id or NO_ORDER),
    )


def workflow_of(order: WholeOrder, reference: str) -> str:
    """Return the id under which it runs, which a single event's row knows best."""
    order_id = reference.partition(":")[2]
    alone = [event for event in order.events if event.order_id != order_id]
    return (alone[0].workflow_id if alone else None) or reference


def waits_for(order: WholeOrder, workflow: WorkflowState) -> str | None:
    """Return the sentence of what an order waits for; None when it waits for nothing."""
    open_rows = [event for event in order.events if event.outcome is None]
    told = open_rows[0].error if open_rows else None
    if workflow.trouble is not None:
        return workflow.trouble
    if workflow.pending:
        step = workflow.pending[0]
        # A first visible attempt has no failure of its own yet; the row has the fast path's.
        return f"{_step(workflow.id, step)}: {step.sentence or told or 'under way'}"
    if open_rows:
        return told or "the next step"
    if order.spooled:
        return ASIDE if all(request.set_aside for request in order.spooled) else SPOOLED
    return None


def _step(workflow_id: str, step: PendingStep) -> str:
    if step.paused:
        return f"{step.step} (attempt {step.attempt}), {paused_sentence(workflow_id, step.step)}"
    soon = "" if step.next_try is None else f", next try at {step.next_try}"
    return f"{step.step} (attempt {step.attempt}{soon})"


def advice(order: WholeOrder, line: Line) -> str | None:
    """Say what a person should know of a line, where its fields do not."""
    if isinstance(line, CorrectionLine) and not line.for_licenses:
        is_last = line.id == max(each.id for each in order.corrections)
        return KEPT if is_last and not order.licenses else REPLACED
    if not isinstance(line, DeliveryLine) or line.status != DeliveryStatus.LOGGED:
        return None
    others = (each for each in order.deliveries if each.license_id == line.license_id)
    sent = any(each.status == DeliveryStatus.ACCEPTED for each in others)
    return NOBODY_GOT_IT if sent else f"{NOBODY_GOT_IT}; {HOW_TO_SEND}"


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
            if (said := advice(order, line)) is not None:
                out.print(_indented(said))
    out.print("\n[bold]workflow[/]")
    out.print(Text(f"  {workflow.status}"))
    if waiting is not None:
        out.print(_indented(waiting if waiting == workflow.trouble else f"waits for {waiting}"))


def _sections(order: WholeOrder) -> list[tuple[str, Sequence[Line]]]:
    sections: list[tuple[str, Sequence[Line]]] = [
        ("requests in the spool", order.spooled),
        ("events", order.events[::-1]),
        ("sale", order.sales),
        ("license", order.licenses),
        ("corrections", order.corrections[::-1]),
        ("e-mails", order.deliveries[::-1]),
    ]
    return [(title, lines) for title, lines in sections if lines]


def _indented(sentence: str) -> Padding:
    return Padding(Text(sentence, style="yellow"), (0, 0, 0, 2), expand=False)


def _facts(line: Line) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for each in fields(line):
        value = getattr(line, each.name)
        if each.name not in {"source", "order_id"} and value not in (None, {}):
            table.add_row(each.name.replace("_", " "), cell(value))
    return table
