"""`mintpost show`: one sale whole, and its next step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.devices import COLUMNS
from commands.facts import facts_of, for_terminal
from commands.layout import labeled
from commands.rows import Rows, print_rows
from commands.saying import print_steps, say
from commands.tables import cell, console, print_json, warn
from db.devices import ReleasedBy
from db.views.devices import DeviceLine
from domain.visible import visible
from kit.clock import utc_now
from kit.times import minute, told
from operations.next_steps import next_steps
from operations.show import Places, ShownOrder, show
from operations.waiting import advice
from operations.whole_order import Line, WholeOrder

RELEASED: Mapping[str, str] = {
    ReleasedBy.HOLDER: "its holder freed a device",
    ReleasedBy.REPLACEMENT: "a device gave way to a new one",
    ReleasedBy.OPERATOR: "`mintpost devices` freed a device",
}
WIDE = 100
"""A terminal of so many columns has room for the ages of a history."""
ANSWERED = {200: "answered", 401: "refused", 404: "unknown"}
OF_LICENSES: Mapping[str, Callable[[DeviceLine], Any]] = {
    "license": lambda device: device.license_id,
    **COLUMNS,
}


async def run_show(text: str, places: Places, *, as_json: bool) -> None:
    """Print all of the sale that the text names or finds. Raises RefusedError."""
    print_order(await show(text, places, warn), as_json=as_json)


def print_order(shown: ShownOrder, *, as_json: bool) -> None:
    if as_json:
        print_json(_document(shown))
        return
    out = console()
    out.print(Text(shown.reference, style="bold"), soft_wrap=True)
    if shown.found_by is not None and out.is_terminal:
        say(out, Text(f"found by {visible(shown.found_by)}", style="dim"), indent=0)
    for title, lines in _sections(shown.order):
        out.print(f"\n[bold]{title}[/]")
        for number, line in enumerate(lines):
            if number:
                out.print()
            _print_facts(line, shown, out)
            if (said := advice(shown.order, line)) is not None:
                say(out, Text(said, style="yellow"))
    _print_answers(shown.order, out)
    _print_devices(shown.order, out)
    _print_history(shown.order, out)
    out.print("\n[bold]workflow[/]")
    if out.is_terminal:
        say(out, Text(shown.workflow.status))
    else:
        out.print(Text(f"  {shown.workflow.status}"))
    if (waiting := shown.waits_for) is not None:
        in_trouble = waiting == shown.workflow.trouble
        say(out, Text(waiting if in_trouble else f"waits for {waiting}", style="yellow"))
    if out.is_terminal:
        print_steps(next_steps(shown.order, shown.reference), out)


def _print_facts(line: Line, shown: ShownOrder, out: Console) -> None:
    facts = facts_of(line, shown.reference, shown.order.resends)
    if out.is_terminal:
        told = for_terminal(facts, shown.reference, utc_now())
        for each in labeled(told, out.width):
            out.print(each, soft_wrap=True)
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    for label, value in facts:
        table.add_row(label, cell(value))
    out.print(table)


def _document(shown: ShownOrder) -> dict[str, Any]:
    """Return the JSON object. Each license has its own part of the history as well."""
    whole = {"order": shown.reference, **asdict(shown.order)}
    for license_ in whole["licenses"]:
        own = (each for each in whole["history"] if each["license_id"] == license_["id"])
        license_["history"] = list(own)
    return {**whole, "workflow": asdict(shown.workflow), "waits_for": shown.waits_for}


def _print_answers(order: WholeOrder, out: Console) -> None:
    """Print the questions to the shop's API, each with its time and the kind of its answer."""
    if not order.answers:
        return
    out.print("\n[bold]asked of the shop[/]")
    asked = [
        (each.at, f"event {each.event_id} {ANSWERED.get(each.status, each.status)} {each.path}")
        for each in order.answers[::-1]
    ]
    _print_times(asked, out)


def _print_devices(order: WholeOrder, out: Console) -> None:
    """Print the devices with the last day on which each asked, and those that are gone."""
    several = len(order.licenses) > 1
    if order.devices:
        out.print("\n[bold]devices[/]")
        print_rows(order.devices, Rows(OF_LICENSES if several else COLUMNS))
    if order.releases:
        out.print("\n[bold]freed devices[/]")
    for release in order.releases[::-1]:
        which = f"license {release.license_id}: " if several else ""
        how = RELEASED.get(release.released_by, release.released_by)
        out.print(Text(f"{_in_utc(release.released_at)}  {which}{how}"), soft_wrap=True)


def _print_history(order: WholeOrder, out: Console) -> None:
    if not order.history:
        return
    out.print("\n[bold]history[/]")
    several = len(order.licenses) > 1
    _print_times(
        [
            (each.at, (f"license {each.license_id} " if several else "") + each.sentence)
            for each in order.history[::-1]
        ],
        out,
    )


def _print_times(told_at: Sequence[tuple[datetime, str]], out: Console) -> None:
    """Print sentences behind their times."""
    if out.is_terminal:
        now = utc_now()
        written = partial(told, now=now) if out.width >= WIDE else _in_utc
        for at, sentence in told_at:
            for line in labeled([(written(at), cell(sentence))], out.width):
                out.print(line, soft_wrap=True)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for at, sentence in told_at:
        table.add_row(_in_utc(at), cell(sentence))
    out.print(table)


def _in_utc(time: datetime) -> str:
    return f"{minute(time)} UTC"


def _sections(order: WholeOrder) -> list[tuple[str, Sequence[Line]]]:
    sections: list[tuple[str, Sequence[Line]]] = [
        ("requests in the spool", order.spooled),
        ("events", order.events[::-1]),
        ("sale", order.sales),
        ("license", order.licenses),
        ("further keys", order.further_keys[::-1]),
        ("corrections", order.corrections[::-1]),
        ("e-mails", order.deliveries[::-1]),
    ]
    return [(title, lines) for title, lines in sections if lines]
