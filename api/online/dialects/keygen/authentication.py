"""Reads the license key with which a request to Keygen authenticates."""

import base64
import binascii

from fastapi import Request

from api.online.dialects.keygen.refusals import Problem, RefusedError
from api.online.fields import Fields

MISSING = Problem(401, "You must be authenticated to complete the request", "TOKEN_MISSING")
NO_TOKENS = Problem(401, "Token is invalid: only license keys authenticate here", "TOKEN_INVALID")


def key_of(request: Request) -> str:
    """Return the key. Raises RefusedError, and BadRequestError for what is no text."""
    scheme, _, rest = request.headers.get("authorization", "").strip().partition(" ")
    sent = rest.strip()
    if not sent:
        return _named(request.query_params.get("auth", ""))
    if scheme.lower() == "license":
        return _readable(sent)
    if scheme.lower() == "basic":
        return _named(_decoded(sent))
    raise RefusedError(NO_TOKENS)


def _named(text: str) -> str:
    """Return the key of `license:KEY`, the form of Basic and of the query."""
    if not text:
        raise RefusedError(MISSING)
    kind, _, key = text.partition(":")
    if kind.lower() != "license" or not key:
        raise RefusedError(NO_TOKENS)
    return _readable(key)


def _readable(key: str) -> str:
    return Fields({"authorization": key}).required("authorization")


def _decoded(sent: str) -> str:
    try:
        return base64.b64decode(sent, validate=True).decode()
    except (binascii.Error, ValueError):
        raise RefusedError(NO_TOKENS) from None
