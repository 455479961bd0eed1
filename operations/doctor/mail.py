"""Checks the mail provider, by calls that change nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.engine import Database
from db.views.mails import newest_sent
from domain.findings import Finding, ok, unchecked
from kit.times import day

MAIL, SENDER = "mail", "mail sender"
TRY = "mintpost smoke --url https://your-server --to you@example.com"
NOBODY_TELLS = "only the first mail tells whether the provider takes EMAIL_FROM"


@dataclass(frozen=True, slots=True)
class Provider:
    """The mail provider without its sending, because operations never send.

    `check` takes the API's address from outside. `time` returns the provider's clock.
    """

    name: str
    confirms_senders: bool
    check: Callable[[str | None], Awaitable[Sequence[Finding]]]
    time: Callable[[], Awaitable[datetime | None]]


async def look_at_sender(database: Database, provider: str) -> Sequence[Finding]:
    """Tell by the newest mail: a server's token may not ask whether a sender is confirmed."""
    sent_at = await database.read(newest_sent, provider)
    if sent_at is None:
        return [unchecked(SENDER, NOBODY_TELLS, TRY)]
    return [ok(SENDER, f"the provider last took a mail on {day(sent_at)}")]
