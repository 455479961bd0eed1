"""A storefront's secrets, each with the label of its side of the shop."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.event import SecretLabel


@dataclass(frozen=True, slots=True)
class LabeledSecret:
    """The whole text is one secret, even if the text has commas."""

    value: str = field(repr=False)
    label: SecretLabel = "live"


@dataclass(frozen=True, slots=True)
class MatchedSecret:
    """The secret that authenticated a request, by position in the settings."""

    position: int
    label: SecretLabel


def matched(position: int, secret: LabeledSecret) -> MatchedSecret:
    return MatchedSecret(position, secret.label)


def live(values: Iterable[str]) -> tuple[LabeledSecret, ...]:
    return tuple(LabeledSecret(value) for value in values)
