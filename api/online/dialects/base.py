"""The contract of a dialect: another vendor's API, answered by Mintpost's licenses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from fastapi import APIRouter

from api.online.asking import Asking
from licensing.answers import AnswerSigner


@dataclass(frozen=True, slots=True)
class DialectParts:
    """Everything that answers are made of. `issuer` names the seller, and derived ids with it."""

    asking: Asking
    signer: AnswerSigner
    issuer: str


class Dialect(Protocol):
    """One vendor's paths under `/<name>`.

    `cannot` names what the vendor's API does and this one does not, with the reason.
    """

    name: ClassVar[str]
    cannot: ClassVar[Mapping[str, str]]

    def routes(self, parts: DialectParts) -> APIRouter: ...
