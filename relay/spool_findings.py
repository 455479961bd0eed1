"""Findings about requests that wait in the spool of this machine."""

from collections.abc import Iterator

from domain.advice import CHECK_ALL, code_span
from domain.findings import Finding, Level
from relay.spool import SET_ASIDE, Spool, put_back

MEND = "mend the file as the API's log says, and have it stored: {}"


async def spool_findings(spool: Spool) -> list[Finding]:
    """Return a finding for waiting requests, for requests set aside, and for an unusable spool."""
    return await spool.run(lambda: [*_findings(spool)])


def _findings(spool: Spool) -> Iterator[Finding]:
    if (trouble := spool.trouble()) is not None:
        unusable = f"spool: it {trouble}, so a request is lost while the database is away"
        yield Finding("spool", Level.BROKEN, unusable, CHECK_ALL, may_pass=True)
    try:
        waiting, aside = len(spool.files()), spool.files(SET_ASIDE)
    except OSError:
        return  # The finding above tells it.
    if waiting:
        told = f"spool: {_requests(waiting, 'wait')} for the database, which cannot store them now"
        yield Finding("spooled", Level.BROKEN, told, CHECK_ALL, count=waiting, may_pass=True)
    if aside:
        count, remedy = len(aside), MEND.format(code_span(put_back(aside[0])))
        told = f"spool: {_requests(count, 'lie')} there set aside, and no repetition stores them"
        yield Finding("set-aside", Level.BROKEN, told, remedy, count=count)


def _requests(count: int, verb: str) -> str:
    return f"1 request {verb}s" if count == 1 else f"{count} requests {verb}"
