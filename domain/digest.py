"""A digest: everything that is to be told at one time, by the webhook and by mail alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.findings import Finding

WRITTEN_ONLY = (
    "no mail provider is set, so the alert was only written into outbox/: set POSTMARK_TOKEN"
)
"""The note on a digest that the outbox took."""


class DigestStatus(StrEnum):
    FIRING = "firing"  #: Something needs a person.
    RESOLVED = "resolved"  #: All is well again.
    TEST = "test"  #: A person tries whether alerts arrive.


@dataclass(frozen=True, slots=True)
class Digest:
    """`subject` is one line. In `text`, commands are code spans between backticks."""

    status: DigestStatus
    subject: str
    text: str
    alerts: Sequence[Finding] = ()
