"""Checks the spool: requests that the database lacks."""

import asyncio
from collections.abc import Sequence

from domain.advice import code_span
from domain.findings import Finding, broken, ok, unchecked, warning
from relay.spool import SET_ASIDE, Spool, put_back

SPOOL = "spool"
STORE = "start the API, which stores them once the database is there; its log tells why not"


async def look_at_spool(spool: Spool) -> Sequence[Finding]:
    """Look at the files, and make no folder. The spool is the one of this DATA_DIR."""
    try:
        waiting = len(await asyncio.to_thread(spool.files))
        aside = await asyncio.to_thread(spool.files, SET_ASIDE)
    except OSError as error:
        return [unchecked(SPOOL, f"{spool.folder} cannot be read ({error.strerror})")]
    found: list[Finding] = []
    if waiting:
        found.append(warning(SPOOL, f"requests that wait for the database: {waiting}", STORE))
    if aside:
        told = f"requests that were set aside: {len(aside)}; the API's log says why"
        found.append(broken(SPOOL, told, f"mend them, then {code_span(put_back(aside[0]))}"))
    return found or [ok(SPOOL, f"no request waits in {spool.folder}")]
