"""A mistake in products.yaml, with its line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """A mistake in a file. Lines count from 1."""

    line: int
    sentence: str


class MistakesError(Exception):
    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(*mistakes)
        self.mistakes = sorted(set(mistakes))
