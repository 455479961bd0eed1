"""A situation of the runbook: how it comes about, what a person sees, and what mends it."""

from abc import ABC, abstractmethod
from typing import ClassVar

from typing_extensions import override

from fakes.reactions import ACCEPT, Reaction
from tests.runbook.room import Room


class Situation(ABC):
    """`begin` makes the trouble and returns the words that a person sees of it."""

    title: ClassVar[str]

    @abstractmethod
    async def begin(self, room: Room) -> str: ...

    async def mend(self, room: Room) -> None:  # noqa: B027 - some causes are mended by commands alone
        """Mend the cause, as the section tells before its commands."""

    async def ended(self, room: Room) -> None:
        """Wait until all is well. Raises TimeoutError."""
        await room.outcome("fulfilled")


class MailHeldBack(Situation):
    """The provider refuses the mails of a sale, until somebody mends that."""

    reaction: ClassVar[Reaction]
    word: ClassVar[str]

    @override
    async def begin(self, room: Room) -> str:
        room.postmark.default = self.reaction
        await room.sell()
        return await room.sentence(self.word)

    @override
    async def mend(self, room: Room) -> None:
        room.postmark.default = ACCEPT
