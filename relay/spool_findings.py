"""Findings about requests that wait in the spool of this machine."""

from collections.abc import Iterator

from domain.advice import CHECK_ALL
from domain.findings import Finding, Level
from relay.spool import SET_ASIDE, Spool

MEND_FILE = "mend the file in spool/ as the API's log says, and name it ….json again"


async def spool_findings(spool: Spool) -> list[Finding]:
    """Return a finding for waiting requests, for requests set aside, and for an unusable spool."""
    return await spool.run(lambda: [*_findings(spool)])


def _findings(spool: Spool) -> Iterator[Finding]:
    if (trouble := spool.trouble()) is not None:
        unusable = f"spool: it {trouble}, so a request is lost while the database is away"
        yield Finding("spool", Level.BROKEN, unusable, CHECK_ALL, may_pass=True)
    try:
        waiting, aside = len(spool.files()), len(spool.files(SET_ASIDE))
    except OSError:
        return  # The finding above tells it.
    if waiting:
        told = f"spool: {_requests(waiting, 'wait')} for the database, which cannot store them now"
        yield Finding("spooled", Level.BROKEN, told, CHECK_ALL, count=waiting, may_pass=True)
    if aside:
        told = f"spool: {_requests(aside, 'lie')} there set aside, and no repetition stores them"
        yield Finding("set-aside", Level.BROKEN, told, MEND_FILE, count=aside)


def _requests(count: int, verb: str) -> str:
    return f"1 request {verb}s" if count == 1 else f"{count} requests {verb}"
