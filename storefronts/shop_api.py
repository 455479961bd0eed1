"""The contract of a client of a shop's API."""

from abc import ABC, abstractmethod

from domain.questions import Answer, Question


class ShopApi(ABC):
    """The client of a shop's API. Only the worker has one, because only the worker has the keys."""

    title: str
    """The shop's name in a sentence."""

    @abstractmethod
    async def ask(self, question: Question, label: str | None) -> Answer:
        """Ask the side of the shop whose secret has this label.

        Raises StorefrontAwayError or StorefrontRefusesError.
        """
