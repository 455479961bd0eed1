"""The contract of a shop's own export: a CSV file of the sales or keys that the shop has."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.license import Term
from domain.wanted import OrderName, Wanted
from storefronts.cells import Cells


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The line means no license, with the reason in a few words."""

    why: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """The line is a later charge of a subscription; its license has `key`."""

    key: str
    order: OrderName
    at: datetime
    term: Term | None


Told = Wanted | Renewal | LeftOut


class Export(ABC):
    """A form of CSV file, known by its columns. Names of columns are folded."""

    title: ClassVar[str]
    """The form's name in a sentence."""

    marks: ClassVar[tuple[frozenset[str], ...]]
    """Sets of columns: a file that has all of one set is of this form."""

    def recognizes(self, columns: frozenset[str]) -> bool:
        return any(mark <= columns for mark in self.marks)

    @abstractmethod
    def read(self, cells: Cells) -> Told:
        """Return the content of a line. Raises LineRefusedError."""
