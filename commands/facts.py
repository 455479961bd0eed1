"""The facts of a row, as `mintpost show` tells them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from rich.text import Text

from commands.colors import colored
from commands.tables import cell
from db.views.lists import DeliveryLine, EventLine, LicenseLine
from db.views.resends import ResendLine
from domain.event import Origin
from domain.identifiers import order_reference
from domain.money import written
from kit.times import told
from operations.whole_order import Line

STATUSES = ("status", "outcome")
NAMES = ("source", "order_id")
LICENSE_FIELDS = ("line", "reason", "renews", "grace_until", "device_limit")
"""Fields of a license that a person need not see: its sentence tells the next three."""
OF_RESEND = ("asked_by", "asked_why", "asked_at")

Fact = tuple[str, Any]


def facts_of(line: Line, reference: str, resends: Sequence[ResendLine] = ()) -> list[Fact]:
    """Return the fields that tell something, with their labels. A resend tells who asked."""
    hidden = _names(line, reference)
    values = [(each.name, _value(line, each.name)) for each in fields(line)]
    found = [(name, value) for name, value in values if name not in hidden]
    asked = (each for each in resends if _is_of(each, line))
    if (resend := next(asked, None)) is not None:
        found += [(name, getattr(resend, name)) for name in OF_RESEND]
    return [
        (name.replace("_", " "), colored(value) if name in STATUSES else value)
        for name, value in found
        if value not in (None, {})
    ]


def for_terminal(facts: Sequence[Fact], reference: str, now: datetime) -> list[tuple[str, Text]]:
    """Return the facts without the usual ones, and with the zone and the age of times."""
    usual = {("test", False), ("origin", Origin.WEBHOOK), ("workflow id", reference)}
    return [
        (label, _told(value, now))
        for label, value in _with_price(facts)
        if label != "processed" and not _is_in(usual, label, value)
    ]


def _is_in(usual: set[tuple[str, Any]], label: str, value: object) -> bool:
    return isinstance(value, bool | str) and (label, value) in usual


def _told(value: object, now: datetime) -> Text:
    if isinstance(value, datetime):
        return Text(told(value, now))
    return cell(", ".join(map(str, value)) if isinstance(value, list) else value)


def _with_price(facts: Sequence[Fact]) -> Iterator[Fact]:
    by_label = dict(facts)
    for label, value in facts:
        if label == "price cents" and "currency" in by_label:
            yield "price", written(value, by_label["currency"])
        elif label != "currency":
            yield label, value


def _is_of(resend: ResendLine, line: Line) -> bool:
    return isinstance(line, DeliveryLine) and resend.delivery_id == line.id


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
