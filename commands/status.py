"""`mintpost status`: one screen of what waits, and the command to begin with."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.text import Text

from commands.colors import colored
from commands.layout import indented
from commands.tables import console, print_json
from db.views.last_day import CameIn, Counts
from domain.event import EventStatus
from domain.grouping import WaitingGroup
from domain.visible import visible
from kit.times import ago, told
from operations.remedies import remedy_of
from operations.status import Spooled, Status

MOST_GROUPS = 5
"""More causes at once would not fit on one screen."""
INDENT, NAME = 2, 14
OPEN = "on its way, and no step has told a reason to wait"
NO_SPOOL = "it cannot be read here"


def print_status(found: Status, *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(found))
        return
    out = console()
    for line in _lines(found, out.width):
        out.print(line, soft_wrap=True)


def _lines(found: Status, width: int) -> Iterator[Text]:
    if found.waiting or found.failed:
        yield from _groups("Waits", found.waiting, found, width)
        yield from _groups("Failed", found.failed, found, width)
    else:
        yield Text("Nothing waits, and nothing failed.", style="green")
    yield _heading("Last 24 hours")
    yield from _came(found.came)
    yield from _rest(found)
    if found.undelivered:
        yield _heading("Mails that nobody got")
    for mail in found.undelivered[:MOST_GROUPS]:
        yield from indented(Text(visible(mail.sentence)), width, INDENT)
        yield Text(f"{' ' * 2 * INDENT}{visible(mail.remedy or '')}", style="cyan")
    if len(found.undelivered) > MOST_GROUPS:
        yield Text(f"{' ' * INDENT}{len(found.undelivered) - MOST_GROUPS} more", style="dim")
    if found.alerts:
        yield _heading("Alerts")
    for alert in found.alerts:
        yield Text(f"{' ' * INDENT}since {told(alert.since, found.at)}", style="yellow")
        yield from indented(Text(visible(alert.sentence)), width, 2 * INDENT)
    if found.next is not None:
        yield _heading("Next")
        yield Text(f"{' ' * INDENT}{visible(found.next)}", style="cyan")


def _heading(text: str) -> Text:
    return Text(text, style="bold")


def _groups(
    title: str, groups: Sequence[WaitingGroup], found: Status, width: int
) -> Iterator[Text]:
    if groups:
        yield _heading(title)
    for group in groups[:MOST_GROUPS]:
        count = Text(f"{' ' * INDENT}{group.count} ")
        oldest = f", the oldest {ago(group.oldest, found.at)}" if group.count > 1 else ""
        since = oldest or f", {ago(group.oldest, found.at)}"
        yield count + colored(group.status) + Text(f" of {group.source}{since}", style="dim")
        yield from indented(Text(visible(group.sentence or OPEN)), width, 2 * INDENT)
        yield Text(f"{' ' * 2 * INDENT}{visible(remedy_of(group))}", style="cyan")
    if rest := groups[MOST_GROUPS:]:
        count_of = sum(group.count for group in rest)
        listed = EventStatus.FAILED if title == "Failed" else EventStatus.PARKED
        more = f"{count_of} more of {len(rest)} causes: mintpost events --status {listed}"
        yield Text(f"{' ' * INDENT}{more}", style="dim")


def _came(came: Counts) -> Iterator[Text]:
    if not came.events:
        yield Text(f"{' ' * INDENT}no event came in", style="dim")
    for source, events in groupby(came.events, lambda each: each.source):
        yield _row(source, [(each.outcome or EventStatus.OPEN, each.count) for each in events])
    if came.licenses:
        yield _row("licenses", [("minted", came.licenses)])
    if came.mails:
        yield _row("mails", sorted(came.mails.items(), key=lambda each: -each[1]))


def _rest(found: Status) -> Iterator[Text]:
    if found.mails_wait and found.owed.oldest is not None:
        age = ago(found.owed.oldest, found.at)
        yield _name("mails owed") + Text(f"{found.owed.count}, the oldest {age}", style="yellow")
    if found.spool is None:
        yield _name("spool") + Text(NO_SPOOL, style="dim")
    elif found.spool != Spooled(0, 0):
        waits, aside = found.spool.waiting, found.spool.set_aside
        yield _name("spool") + Text(f"{waits} waiting, {aside} set aside", style="yellow")


def _row(name: str, counts: Sequence[tuple[str, int]]) -> Text:
    each = [Text(f"{count} ") + colored(status) for status, count in counts]
    return _name(name) + Text(", ").join(each)


def _name(name: str) -> Text:
    return Text(f"{' ' * INDENT}{name:<{NAME}}")


def _plain(found: Status) -> Mapping[str, Any]:
    spool = found.spool
    return {
        "at": found.at,
        "waiting": [_group(each) for each in found.waiting],
        "failed": [_group(each) for each in found.failed],
        "last_day": {
            "since": found.since,
            "events": [_came_in(each) for each in found.came.events],
            "licenses": found.came.licenses,
            "mails": found.came.mails,
        },
        "mails_owed": {"count": found.owed.count, "oldest": found.owed.oldest},
        "undelivered": [
            {"sentence": each.sentence, "remedy": each.remedy, "since": each.since}
            for each in found.undelivered
        ],
        "spool": spool and {"waiting": spool.waiting, "set_aside": spool.set_aside},
        "alerts": [
            {"cause": each.cause, "sentence": each.sentence, "since": each.since}
            for each in found.alerts
        ],
        "next": found.next,
    }


def _group(group: WaitingGroup) -> Mapping[str, Any]:
    return {
        "status": group.status,
        "source": group.source,
        "sentence": group.sentence,
        "count": group.count,
        "oldest": group.oldest,
        "remedy": remedy_of(group),
    }


def _came_in(came: CameIn) -> Mapping[str, Any]:
    return {"source": came.source, "outcome": came.outcome, "count": came.count}
