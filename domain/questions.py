"""Questions to a shop's API, and its answers.

An event of some shops lacks a part that only the shop's API has. Reading stays without I/O: it
names the question, the worker's step complete asks it, and the event is read again with the
answer. The answers are kept with the event, so that a repetition asks nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Literal


@dataclass(frozen=True, slots=True)
class Question:
    """A GET. `path` begins with a slash, and has the query.

    `about` names the wanted part in a sentence: "line items". `right` is what the shop's key must
    be given for it: "read rights for Checkout Sessions". `side` is the side of the shop to ask, if
    the event itself tells it; None: the matched secret tells it. `optional`: the event can be read
    without the answer, so that no key is demanded for it. `object_id` is the id that the answer's
    object must have, at `id_at` in the document; None: the answer is a list.
    """

    path: str
    about: str
    right: str
    side: Literal["live", "test"] | None = None
    optional: bool = False
    object_id: str | None = None
    id_at: tuple[str, ...] = ("id",)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the question with this path: a JSON object, or that the shop knows none (404).

    A refusal (401) answers an optional question that our key may not ask.

    `at` is the time of the question by the worker's clock. A shop without times in its events has
    no other time for the state that an answer tells.
    """

    path: str
    status: int
    body: bytes
    at: datetime

    @property
    def is_found(self) -> bool:
        return self.status == HTTPStatus.OK


class UnansweredError(Exception):
    """A reading needs the answer to a question. `Storefront.read` turns it into `Reading.asks`."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.about)
        self.question = question
