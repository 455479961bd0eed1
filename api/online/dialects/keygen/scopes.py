"""Reads the scope of a validation: what the app wants the license to be good for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from api.online.fields import BadRequestError, Fields

TEXTS = (
    "product",
    "policy",
    "user",
    "machine",
    "fingerprint",
    "checksum",
    "version",
    "environment",
)
LISTS = ("fingerprints", "components", "entitlements")
MOST_OF_A_LIST = 20

Sent: TypeAlias = Mapping[str, object]
"""The scope as the app sent it, because some clients demand it back."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The asked facts. None: the app asks for nothing here.

    `fingerprints`: one of them must have a machine. A single `fingerprint` is the only one.
    """

    sent: Sent | None = None
    product: str | None = None
    policy: str | None = None
    user: str | None = None
    machine: str | None = None
    fingerprints: Sequence[str] | None = None
    components: Sequence[str] = ()
    entitlements: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The `meta` of a validation. `nonce` comes back only if the app sent one."""

    key: str | None = None
    scope: Scope = field(default_factory=Scope)
    nonce: int | None = None


def read_asked(fields: Fields, *, with_key: bool) -> Asked:
    """Read `meta`. Raises BadRequestError, also for a field that Keygen does not know."""
    meta = fields.inner("meta")
    if meta is None:
        if with_key:
            raise BadRequestError("is missing", "meta")
        return Asked()
    keys = {"key", "encrypted", "legacyEncrypted", "legacy_encrypted"} if with_key else set()
    _allow_only(meta, {"nonce", "scope", *keys})
    return Asked(
        key=meta.required("key") if with_key else None,
        scope=_scope(meta.inner("scope")),
        nonce=_whole(meta, "nonce"),
    )


def _scope(fields: Fields | None) -> Scope:
    if fields is None:
        return Scope()
    _allow_only(fields, {*TEXTS, *LISTS})
    texts = {name: fields.text(name) for name in TEXTS}
    lists = {name: texts_of(fields, name) for name in LISTS}
    one, several = texts["fingerprint"], lists["fingerprints"]
    return Scope(
        sent=fields.values,
        product=texts["product"],
        policy=texts["policy"],
        user=texts["user"],
        machine=texts["machine"],
        fingerprints=several if one is None else (one,),
        components=lists["components"] or (),
        entitlements=lists["entitlements"] or (),
    )


def texts_of(fields: Fields, name: str) -> Sequence[str] | None:
    """Return a list of texts; None if it is absent or null."""
    values = fields.values.get(name)
    if values is None:
        return None
    if not isinstance(values, list) or len(values) > MOST_OF_A_LIST:
        raise BadRequestError(f"must be a list of at most {MOST_OF_A_LIST}", fields.at + name)
    each = Fields({str(place): value for place, value in enumerate(values)}, f"{fields.at}{name}.")
    return tuple(each.required(place) for place in each.values)


def _whole(fields: Fields, name: str) -> int | None:
    # A text of digits would come back as a number, so that the app's comparison fails.
    if isinstance(fields.values.get(name), str):
        raise BadRequestError("must be a whole number", fields.at + name)
    return fields.number(name)


def _allow_only(fields: Fields, known: set[str]) -> None:
    for name in fields.values:
        if name not in known:
            # The name may be anything, and a pointer with it could not be read.
            raise BadRequestError("has an unpermitted parameter", fields.at.removesuffix("."))
