"""The encodings of one ping that a storefront must read alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from storefronts.base import StoredRequest
from storefronts.body import JSON

Encode = Callable[[StoredRequest], StoredRequest]


def as_sent(ping: StoredRequest) -> StoredRequest:
    return ping


def as_json(ping: StoredRequest) -> StoredRequest:
    return replace(ping, content_type=JSON, body=json.dumps(nested(ping)).encode())


def as_flat_json(ping: StoredRequest) -> StoredRequest:
    flat = dict(parse_qsl(ping.body.decode(), keep_blank_values=True))
    return replace(ping, content_type=JSON, body=json.dumps(flat).encode())


def without_content_type(ping: StoredRequest) -> StoredRequest:
    return replace(ping, content_type="")


def json_without_content_type(ping: StoredRequest) -> StoredRequest:
    return without_content_type(as_json(ping))


def nested(ping: StoredRequest) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, text in parse_qsl(ping.body.decode(), keep_blank_values=True):
        outer, *inner = name.replace("]", "").split("[")
        put(document, outer, inner, text)
    return document


def put(group: dict[str, object], name: str, inner: list[str], text: str) -> None:
    """Put the text where the names lead. An empty name makes a list."""
    if not inner:
        group[name] = typed(text)
    elif inner == [""]:
        items = group.setdefault(name, [])
        assert isinstance(items, list)
        items.append(text)
    else:
        members = group.setdefault(name, {})
        assert isinstance(members, dict)
        put(members, inner[0], inner[1:], text)


def typed(text: str) -> object:
    if text.isdecimal():
        return int(text)
    return {"true": True, "false": False, "": None}.get(text, text)


ENCODINGS = [as_sent, as_json, as_flat_json, without_content_type, json_without_content_type]
every_encoding = pytest.mark.parametrize("encode", ENCODINGS)
