"""Ids in the form that another vendor's apps expect, derived from ours and stable for ever."""

import hashlib

NUMBERS = 2**52
"""JavaScript reads whole numbers up to 2^53 exactly."""


def derived_uuid(kind: str, *names: object) -> str:
    """Return a UUID of version 8, made of the names. `kind` keeps two sorts of ids apart."""
    raw = bytearray(_digest(kind, names)[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def derived_number(kind: str, *names: object) -> int:
    """Return a positive whole number, made of the names."""
    return int.from_bytes(_digest(kind, names)[:8], "big") % NUMBERS + 1


def _digest(kind: str, names: tuple[object, ...]) -> bytes:
    # The length stands before each name, so that no two lists of names read alike.
    parts = [f"{len(str(name))}:{name}" for name in (kind, *names)]
    return hashlib.sha256("".join(parts).encode()).digest()
