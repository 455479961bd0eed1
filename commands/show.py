"""`mintpost show`: one sale whole, and its next step."""

from collections.abc import Sequence
from dataclasses import asdict, fields

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from commands.tables import SafeConsole, cell, console, print_json
from operations.show import Places, ShownOrder, show
from operations.waiting import advice
from operations.whole_order import Line, WholeOrder


async def run_show(text: str, places: Places, *, as_json: bool) -> None:
    """Print all of the sale that the text names or finds. Raises RefusedError."""
    print_order(await show(text, places, _warn), as_json=as_json)


def _warn(sentence: str) -> None:
    SafeConsole(stderr=True).print(sentence, highlight=False)


def print_order(shown: ShownOrder, *, as_json: bool) -> None:
    if as_json:
        whole = {"order": shown.reference, **asdict(shown.order)}
        print_json({**whole, "workflow": asdict(shown.workflow), "waits_for": shown.waits_for})
        return
    out = console()
    out.print(Text(shown.reference, style="bold"))
    for title, lines in _sections(shown.order):
        out.print(f"\n[bold]{title}[/]")
        for number, line in enumerate(lines):
            if number:
                out.print()
            out.print(_facts(line))
            if (said := advice(shown.order, line)) is not None:
                out.print(_indented(said))
    out.print("\n[bold]workflow[/]")
    out.print(Text(f"  {shown.workflow.status}"))
    if (waiting := shown.waits_for) is not None:
        in_trouble = waiting == shown.workflow.trouble
        out.print(_indented(waiting if in_trouble else f"waits for {waiting}"))


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
