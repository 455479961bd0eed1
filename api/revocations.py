"""The revocation list among the API's paths, and the warning about an old list."""

from dataclasses import dataclass
from datetime import timedelta

from api.signed_lists import ListKind, told_if_old
from db.engine import Database
from db.revocations import newest_list
from db.tables import RevocationListRow
from domain.errors import DatabaseAwayError
from domain.findings import Finding
from kit.clock import Clock, utc_now

REVOCATIONS = ListKind(
    path="/v1/revocations",
    name="revocation list",
    table=RevocationListRow,
    # A revocation reaches every app within this time; caches spare us the other requests.
    max_age=timedelta(minutes=5),
)

OLD_LIST = (
    "revocation list: the worker signs one each day, and the newest is of {since}; apps believe "
    "none that is older than a week: is the worker up, and its log quiet? Start it with "
    "`python worker.py`"
)


@dataclass(frozen=True, slots=True)
class RevocationWarnings:
    database: Database
    clock: Clock = utc_now

    async def findings(self) -> list[Finding]:
        """Return a finding if the newest list is old. The worker's absence is another warning."""
        try:
            newest = await self.database.read(newest_list)
        except DatabaseAwayError:
            return []  # The caller tells that separately.
        return told_if_old(OLD_LIST, newest, self.clock())
