"""The account of one side of a shop's API."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ApiAccount:
    """One side of the shop. `variable` is the setting of its key. `key` None: it is not set."""

    url: str
    variable: str
    key: str | None = field(repr=False, default=None)
