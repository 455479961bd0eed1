"""Checks the room on the disks that this machine can see."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from domain.findings import Finding, broken, ok, unchecked, warning

DISK = "disk"
MIB, GIB = 2**20, 2**30
LITTLE, TOO_LITTLE = GIB, 100 * MIB
"""SQLite's log and the spool need room at once, and a day of sales takes megabytes."""


async def look_at_disk(folders: Sequence[Path]) -> Sequence[Finding]:
    """Return a finding for each of our folders, each once."""
    return await asyncio.to_thread(lambda: [*_findings(folders)])


def _findings(folders: Sequence[Path]) -> Iterator[Finding]:
    for folder in dict.fromkeys(each.absolute() for each in folders):
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            yield unchecked(DISK, f"{folder} cannot be looked at ({error.strerror})")
            continue
        yield judged(folder, free)


def judged(folder: Path, free: int) -> Finding:
    told = f"{_size(free)} free for {folder}"
    remedy = f"df -h {folder}"
    if free < TOO_LITTLE:
        return broken(DISK, f"{told}: make room, or requests are refused soon", remedy)
    if free < LITTLE:
        return warning(DISK, f"{told}: make room", remedy)
    return ok(DISK, told)


def _size(free: int) -> str:
    return f"{free / GIB:,.1f} GiB" if free >= GIB else f"{free // MIB:,} MiB"
