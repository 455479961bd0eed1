"""A storefront's secrets, each with the side of the shop that uses it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.event import SecretLabel


@dataclass(frozen=True, slots=True)
class LabeledSecret:
    """The whole text is the secret: a comma in it separates nothing."""

    value: str = field(repr=False)
    label: SecretLabel = "live"


@dataclass(frozen=True, slots=True)
class MatchedSecret:
    """The secret that authenticated a request, by its position in the settings."""

    position: int
    label: SecretLabel


def matched(position: int, secret: LabeledSecret) -> MatchedSecret:
    return MatchedSecret(position, secret.label)


def live(values: Iterable[str]) -> tuple[LabeledSecret, ...]:
    return tuple(LabeledSecret(value) for value in values)
