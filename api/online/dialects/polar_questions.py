"""Reads what an app asks Polar."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from api.online.fields import BadRequestError, Fields
from domain.online import Extra

MOST_ENTRIES = 50
LONGEST_NAME = 40
LONGEST_TEXT = 500
LARGEST_NUMBER = 2**63

Value: TypeAlias = str | int | float | bool
Values: TypeAlias = Mapping[str, Value]

NO_VALUES: Values = MappingProxyType({})


class PolarFieldError(BadRequestError):
    """A field that Polar refuses. `kind` is the name of the mistake, which apps read."""

    def __init__(self, why: str, field: str, kind: str, given: str | int | None = None) -> None:
        super().__init__(why, field)
        self.kind = kind
        self.given = given


@dataclass(frozen=True, slots=True)
class AskedLicense:
    """The key, and the organization that sells it. Each call has both."""

    key: str
    organization: str


@dataclass(frozen=True, slots=True)
class AskedChecks:
    """The further conditions of a validation. None: the app does not care."""

    activation: str | None
    benefit: str | None
    customer: str | None
    conditions: Values


@dataclass(frozen=True, slots=True)
class Kept:
    """The facts of an activation that an app may ask for again."""

    conditions: Values
    meta: Values

    def as_extra(self) -> Extra | None:
        if not self.conditions and not self.meta:
            return None
        return {"conditions": dict(self.conditions), "meta": dict(self.meta)}


def kept(extra: Extra | None) -> Kept:
    """Read what was kept with a device, which another dialect may have activated."""
    return Kept(_mapping(extra, "conditions"), _mapping(extra, "meta"))


def asked_license(fields: Fields) -> AskedLicense:
    key = _text(fields, "key")
    return AskedLicense(key, _required_uuid(fields, "organization_id"))


def asked_checks(fields: Fields) -> AskedChecks:
    """Read the conditions of a validation. A wrong usage is refused, although none is counted."""
    increment = fields.number("increment_usage")
    if increment is not None and increment < 0:
        raise PolarFieldError(
            "Input should be greater than or equal to 0", "increment_usage", "greater_than_equal"
        )
    return AskedChecks(
        activation=_uuid(fields, "activation_id"),
        benefit=_uuid(fields, "benefit_id"),
        customer=_uuid(fields, "customer_id"),
        conditions=_values(fields, "conditions"),
    )


def asked_label(fields: Fields) -> str:
    return _text(fields, "label")


def asked_facts(fields: Fields) -> Kept:
    return Kept(_values(fields, "conditions"), _values(fields, "meta"))


def asked_activation(fields: Fields) -> str:
    return _required_uuid(fields, "activation_id")


def _text(fields: Fields, name: str) -> str:
    """Return a text that must be there. It may be empty, as with Polar."""
    text = fields.text(name)
    if text is None:
        raise PolarFieldError("Field required", name, "missing")
    return text


def _required_uuid(fields: Fields, name: str) -> str:
    found = _uuid(fields, name)
    if found is None:
        raise PolarFieldError("Field required", name, "missing")
    return found


def _uuid(fields: Fields, name: str) -> str | None:
    text = fields.text(name)
    if text is None:
        return None
    try:
        return str(UUID(text))
    except ValueError:
        raise PolarFieldError("Input should be a valid UUID", name, "uuid_parsing", text) from None


def _values(fields: Fields, name: str) -> Values:
    inner = fields.inner(name)
    if inner is None:
        return NO_VALUES
    if len(inner.values) > MOST_ENTRIES:
        raise PolarFieldError(
            f"Dictionary should have at most {MOST_ENTRIES} items", name, "too_long"
        )
    return {entry: _value(inner, name, entry) for entry in inner.values}


def _value(inner: Fields, name: str, entry: str) -> Value:
    if len(entry) > LONGEST_NAME or not _is_storable(entry):
        raise PolarFieldError("has a name that cannot be kept", name, "invalid_key")
    match inner.values[entry]:
        case str(text) if len(text) <= LONGEST_TEXT and _is_storable(text):
            return text
        case bool() | int() as number if abs(number) < LARGEST_NUMBER:
            return number
        case float(number) if isfinite(number):
            return number
        case _:
            raise PolarFieldError(
                f"Input should be a text of at most {LONGEST_TEXT} characters, a number, "
                "true or false",
                name,
                "value_error",
            )


def _is_storable(text: str) -> bool:
    # PostgreSQL keeps no NUL in JSON, and no half of a character.
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _mapping(extra: Extra | None, name: str) -> Values:
    found = {} if extra is None else extra.get(name)
    if not isinstance(found, dict):
        return NO_VALUES
    return {
        entry: value
        for entry, value in found.items()
        if isinstance(entry, str) and isinstance(value, str | int | float)
    }
