"""Finds the probable cause of a refused URL secret from the shape of the envelope."""

from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import unquote_plus

from kit.doors.base import Envelope

MOST_LOOKED_AT = 1024
MOST_PAIRS = 16
AROUND = " \t\r\n\"'<>[]{}/"
"""The characters that a person copies along with a secret."""


def why_secret_refused(envelope: Envelope) -> str:
    return next(_causes(envelope))


def _causes(envelope: Envelope) -> Iterator[str]:
    pairs = [
        pair.partition("=")
        for pair in envelope.query[:MOST_LOOKED_AT].split("&", MOST_PAIRS)[:MOST_PAIRS]
    ]
    named = [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]
    offered = [value for name, value in named if name == "secret"]
    offered += [_password(text) for name, text in envelope.headers if _is_basic(name, text)]
    if not offered and any(name.lower().endswith("secret") for name, _ in named):
        yield "its secret stands under another name, as amp;secret or Secret: it must be secret=..."
    yield from _causes_in_secrets(offered)


def _causes_in_secrets(offered: list[str]) -> Iterator[str]:
    if not offered:
        yield "it had no secret: neither secret=... in the query nor a Basic password"
    if not any(offered):
        yield "its secret was empty"
    if any("," in secret for secret in offered):
        yield "its secret has a comma: the setting may list several, the address has one of them"
    if any(secret.strip(AROUND) != secret for secret in offered):
        yield "its secret begins or ends with a blank, a quote, a bracket or a slash too many"
    yield "its secret is not the setting's, or the API was not restarted since that changed"


def _is_basic(header: str, text: str) -> bool:
    return header == "authorization" and text[:6].lower() == "basic "


def _password(authorization: str) -> str:
    credentials = authorization[:MOST_LOOKED_AT].partition(" ")[2]
    try:
        return b64decode(credentials).decode("latin-1").partition(":")[2]
    except ValueError:
        return ""
