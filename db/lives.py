"""The state of a license as JSON, for the history in `license_changes`."""

from typing import Any, TypeAlias

from pydantic import TypeAdapter

from domain.lifecycle import Life

Plain: TypeAlias = dict[str, str | int | bool | None]

LIFE = TypeAdapter(Life)
PLAIN: TypeAdapter[Plain] = TypeAdapter(dict[str, str | int | bool | None])
NO_HISTORY = {"changes_at", "refuses"}
"""Fields about the time ahead and about the mint. They are no state of the license."""


def as_plain(life: Life) -> Plain:
    """Return the JSON of a license's state. Times end with Z."""
    return PLAIN.validate_python(LIFE.dump_python(life, mode="json", exclude=NO_HISTORY))


def from_plain(plain: dict[str, Any]) -> Life:
    """Return the state from its JSON. Fields of a later version are left out."""
    return LIFE.validate_python(plain)
