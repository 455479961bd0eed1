"""Runs the checks side by side. Each has its own time limit, so that a hanging part delays none."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from domain.advice import CHECK_ALL
from domain.errors import DatabaseAwayError
from domain.findings import Finding, Level, broken, unchecked

PATIENCE = timedelta(seconds=15)
"""Longer than each part's own limit, whose sentence tells more than ours."""
NO_DATABASE = "the database does not answer"

Look = Callable[[], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Told:
    """Findings that need no look."""

    findings: tuple[Finding, ...]

    def __init__(self, *findings: Finding) -> None:
        object.__setattr__(self, "findings", findings)

    async def __call__(self) -> Sequence[Finding]:
        return self.findings


@dataclass(frozen=True, slots=True)
class Check:
    """A look at a part. `group` is the heading under which a person reads its findings."""

    group: str
    part: str
    look: Look


@dataclass(frozen=True, slots=True)
class Examined:
    group: str
    finding: Finding

    @property
    def part(self) -> str:
        return self.finding.cause


async def examine(checks: Iterable[Check], patience: timedelta = PATIENCE) -> list[Examined]:
    """Run all checks at once, and return their findings in the order of the checks."""
    asked = tuple(checks)
    found = await asyncio.gather(*(_look(check, patience) for check in asked))
    return [
        Examined(check.group, finding)
        for check, findings in zip(asked, found, strict=True)
        for finding in findings
    ]


async def _look(check: Check, patience: timedelta) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await check.look()
    except TimeoutError:
        late = f"no answer within {patience.total_seconds():g} s"
        return [broken(check.part, late, CHECK_ALL)]
    except (DatabaseAwayError, SQLAlchemyError):
        # Another line says why, with the remedy.
        return [unchecked(check.part, NO_DATABASE)]
    except Exception as error:  # noqa: BLE001 - one check must not hide what the others find
        told = f"the check itself failed ({type(error).__name__}); please report this"
        return [unchecked(check.part, told)]


def is_broken(examined: Iterable[Examined]) -> bool:
    return any(each.finding.level is Level.BROKEN for each in examined)
