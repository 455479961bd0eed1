"""The key in a secret of Polar's webhooks: nothing tells for certain which of two it is."""

import base64

from kit.doors.signatures import digest

PREFIX = "whsec_"
BYTES_OF_POLARS_KEYS = 32


def keys_in(secret: str) -> tuple[bytes, ...]:
    """Return both readings of a secret.

    Before 2026-09-08, and for a seller's own words, the key is the whole text. Since then, Polar
    makes secrets whose key stands in base64 after the prefix.
    """
    decoded = _decoded(secret)
    return (secret.encode(), decoded) if decoded else (secret.encode(),)


def own_key(secret: str) -> bytes:
    """Return the key that Polar itself signs with, as far as the form of the secret shows it."""
    decoded = _decoded(secret)
    return decoded if len(decoded) == BYTES_OF_POLARS_KEYS else secret.encode()


def signed_text(event_id: str, seconds: str) -> bytes:
    """Return the signed bytes before the body. Headers arrive as Latin-1."""
    return f"{event_id}.{seconds}.".encode("latin-1", errors="replace")


def signature(secret: str, event_id: str, seconds: str, body: bytes) -> str:
    signed = digest(own_key(secret), signed_text(event_id, seconds), body)
    return f"v1,{base64.b64encode(signed).decode()}"


def _decoded(secret: str) -> bytes:
    """Return the bytes after the prefix, or none. A secret of no bytes would be anybody's."""
    if not secret.startswith(PREFIX):
        return b""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return b""
