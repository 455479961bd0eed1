"""`mintpost show`: one sale whole, and its next step."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from commands.colors import colored
from commands.devices import COLUMNS
from commands.rows import Rows, print_rows
from commands.tables import cell, console, print_json, warn
from db.devices import ReleasedBy
from db.views.devices import DeviceLine
from db.views.lists import DeliveryLine, EventLine, LicenseLine
from domain.identifiers import order_reference
from kit.times import minute
from operations.show import Places, ShownOrder, show
from operations.waiting import advice
from operations.whole_order import Line, WholeOrder

STATUSES = ("status", "outcome")
NAMES = ("source", "order_id")
LICENSE_FIELDS = ("line", "reason", "renews", "grace_until", "device_limit")
"""Fields of a license that a person need not see: its sentence tells the next three."""
RELEASED: Mapping[str, str] = {
    ReleasedBy.HOLDER: "its holder freed a device",
    ReleasedBy.REPLACEMENT: "a device gave way to a new one",
    ReleasedBy.OPERATOR: "`mintpost devices` freed a device",
}
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
    out.print(Text(shown.reference, style="bold"))
    for title, lines in _sections(shown.order):
        out.print(f"\n[bold]{title}[/]")
        for number, line in enumerate(lines):
            if number:
                out.print()
            out.print(_facts(line, shown.reference))
            if (said := advice(shown.order, line)) is not None:
                out.print(_indented(said))
    _print_answers(shown.order, out)
    _print_devices(shown.order, out)
    _print_history(shown.order, out)
    out.print("\n[bold]workflow[/]")
    out.print(Text(f"  {shown.workflow.status}"))
    if (waiting := shown.waits_for) is not None:
        in_trouble = waiting == shown.workflow.trouble
        out.print(_indented(waiting if in_trouble else f"waits for {waiting}"))


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
    table = Table.grid(padding=(0, 2, 0, 0))
    for answer in order.answers[::-1]:
        when = Text(f"{minute(answer.at)} UTC", style="dim")
        told = ANSWERED.get(answer.status, str(answer.status))
        table.add_row(when, cell(f"event {answer.event_id} {told} {answer.path}"))
    out.print(table)


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
        out.print(Text(f"{minute(release.released_at)} UTC  {which}{how}"), soft_wrap=True)


def _print_history(order: WholeOrder, out: Console) -> None:
    if not order.history:
        return
    out.print("\n[bold]history[/]")
    several = len(order.licenses) > 1
    table = Table.grid(padding=(0, 2, 0, 0))
    for change in order.history[::-1]:
        which = f"license {change.license_id} " if several else ""
        when = Text(f"{minute(change.at)} UTC", style="dim")
        table.add_row(when, cell(which + change.sentence))
    out.print(table)


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


def _indented(sentence: str) -> Padding:
    return Padding(Text(sentence, style="yellow"), (0, 0, 0, 2), expand=False)


def _facts(line: Line, reference: str) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    hidden = _names(line, reference)
    for each in fields(line):
        value = _value(line, each.name)
        if each.name not in hidden and value not in (None, {}):
            shown = colored(value) if each.name in STATUSES else cell(value)
            table.add_row(each.name.replace("_", " "), shown)
    return table


def _value(line: Line, name: str) -> Any:  # noqa: ANN401 - any field
    if isinstance(line, DeliveryLine) and name == "license_ids":
        return ", ".join(map(str, line.license_ids))
    return _used(line) if name == "devices" else getattr(line, name)


def _used(line: Line) -> str | None:
    """Return the number of a license's devices; None if it has none, and needs none."""
    if not isinstance(line, LicenseLine) or (line.device_limit is None and not line.devices):
        return None
    return (
        str(line.devices) if line.device_limit is None else f"{line.devices} of {line.device_limit}"
    )


def _names(line: Line, reference: str) -> Collection[str]:
    """Return the fields that only repeat the name of the sale, or that a sentence tells."""
    if isinstance(line, LicenseLine):
        # A later charge of a subscription has no license of its own.
        own = reference == order_reference(line.source, line.order_id)
        return (*LICENSE_FIELDS, *NAMES) if own else LICENSE_FIELDS
    if isinstance(line, DeliveryLine):
        return ("license_id",) if len(line.license_ids) > 1 else ("license_ids",)
    _, _, order_id = reference.partition(":")
    elsewhere = isinstance(line, EventLine) and reference != order_reference(
        line.source, line.order_id or order_id
    )
    return () if elsewhere else NAMES
