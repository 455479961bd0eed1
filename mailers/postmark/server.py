"""Reads what Postmark tells about its server, streams and webhooks, after its pages of autumn 2026.

The answers hold secrets (`ApiTokens`, addresses with a password), so nothing here quotes them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx

NEEDED = ("Bounce", "Delivery", "SpamComplaint")
"""The triggers of a webhook that tells what became of a mail."""


@dataclass(frozen=True, slots=True)
class Server:
    """The server of the token. A sandbox delivers nothing."""

    is_sandbox: bool
    tracks_opens: bool


@dataclass(frozen=True, slots=True)
class Stream:
    id: str
    type: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of a stream. `url` may hold a password. `lacks` are triggers that are off."""

    url: str = field(repr=False)
    lacks: tuple[str, ...]


def read_server(response: httpx.Response) -> Server | None:
    fields = _fields(response)
    kind = fields.get("DeliveryType")
    if not isinstance(kind, str):
        return None
    return Server(kind.lower() == "sandbox", tracks_opens=fields.get("TrackOpens") is True)


def read_streams(response: httpx.Response) -> tuple[Stream, ...] | None:
    listed = _fields(response).get("MessageStreams")
    return tuple(_streams(listed)) if isinstance(listed, list) else None


def read_webhooks(response: httpx.Response) -> tuple[Webhook, ...] | None:
    listed = _fields(response).get("Webhooks")
    return tuple(_webhooks(listed)) if isinstance(listed, list) else None


def _streams(listed: list[object]) -> Iterator[Stream]:
    for each in map(_object, listed):
        name, kind = each.get("ID"), each.get("MessageStreamType")
        if isinstance(name, str) and isinstance(kind, str):
            yield Stream(name, kind, is_archived=each.get("ArchivedAt") is not None)


def _webhooks(listed: list[object]) -> Iterator[Webhook]:
    for each in map(_object, listed):
        url, triggers = each.get("Url"), _object(each.get("Triggers"))
        if isinstance(url, str):
            on = {name for name in NEEDED if _object(triggers.get(name)).get("Enabled") is True}
            yield Webhook(url, tuple(name for name in NEEDED if name not in on))


def _fields(response: httpx.Response) -> Mapping[str, object]:
    try:
        parsed: object = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return _object(parsed)


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
