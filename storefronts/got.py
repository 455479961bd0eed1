"""The reply of a shop's API, before anybody reads it."""

from dataclasses import dataclass
from http import HTTPStatus

REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Got:
    """An answer that a reading, or a person, can use. `body` may hold personal data."""

    status: int
    body: bytes

    @property
    def is_refusal(self) -> bool:
        return self.status in REFUSALS
