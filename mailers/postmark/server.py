"""Reads what Postmark tells about its server, streams and webhooks, after its pages of autumn 2026.

The answers hold secrets (`ApiTokens`, addresses with a password), so nothing here quotes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from mailers.postmark.values import json_of, object_of, text_of

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
    fields = object_of(json_of(response.content))
    kind = text_of(fields, "DeliveryType")
    if kind is None:
        return None
    return Server(kind.lower() == "sandbox", tracks_opens=fields.get("TrackOpens") is True)


def read_streams(response: httpx.Response) -> tuple[Stream, ...] | None:
    listed = object_of(json_of(response.content)).get("MessageStreams")
    return tuple(_streams(listed)) if isinstance(listed, list) else None


def read_webhooks(response: httpx.Response) -> tuple[Webhook, ...] | None:
    listed = object_of(json_of(response.content)).get("Webhooks")
    return tuple(_webhooks(listed)) if isinstance(listed, list) else None


def _streams(listed: list[object]) -> Iterator[Stream]:
    for each in map(object_of, listed):
        name, kind = text_of(each, "ID"), text_of(each, "MessageStreamType")
        if name is not None and kind is not None:
            yield Stream(name, kind, is_archived=each.get("ArchivedAt") is not None)


def _webhooks(listed: list[object]) -> Iterator[Webhook]:
    for each in map(object_of, listed):
        url, triggers = text_of(each, "Url"), object_of(each.get("Triggers"))
        if url is not None:
            on = {name for name in NEEDED if object_of(triggers.get(name)).get("Enabled") is True}
            yield Webhook(url, tuple(name for name in NEEDED if name not in on))
