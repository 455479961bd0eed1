"""`mintpost torture`: a real stack under faults, and proof that nothing was lost or doubled."""

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from rich.console import Console

from kit.refusals import RefusedError
from kit.signals import stopped_by_signals
from torture.database import RoundDatabase, postgres_store, sqlite_store
from torture.plan import make_schedule
from torture.report import Result, Teller, print_result
from torture.run import arena, torture

MOST_SEEDS = 10**6


class BrokenPromiseError(RefusedError):
    """Something was lost, doubled or left open; the sentence says where to look."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asks for: rounds for so many minutes, and one at least."""

    sales: int
    seed: int | None = None
    minutes: float = 0
    postgres: bool = False
    keep: bool = False

    def store(self, data_dir: Path) -> AbstractContextManager[RoundDatabase]:
        return postgres_store() if self.postgres else sqlite_store(data_dir)


async def run_torture(wish: Wish, environment: Mapping[str, str], console: Console) -> None:
    """Torture a stack in a folder of its own; raise where a promise does not hold.

    `environment` holds none of Mintpost's own variables: a real token would mail somebody.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="mintpost-torture-"))
    last: Result | None = None
    try:
        with stopped_by_signals():
            last = await _play_rounds(wish, data_dir, environment, console)
    finally:
        _leave(data_dir, console, keep=wish.keep or last is None or bool(last.breaches))
    if last is None:
        raise RefusedError("stopped before the torture was over")
    if last.breaches:
        seed = last.schedule.seed
        raise BrokenPromiseError(f"a promise is broken; `--seed {seed}` does the same again")


async def _play_rounds(
    wish: Wish, data_dir: Path, environment: Mapping[str, str], console: Console
) -> Result:
    """Play rounds until the time is over or a promise is broken; return the last one."""
    teller = Teller(console)
    seed = secrets.randbelow(MOST_SEEDS) if wish.seed is None else wish.seed
    console.print(f"seed {seed}: `--seed {seed}` does the same again", highlight=False)
    console.print("Starting Temporal, the worker and the API …", style="dim")
    with wish.store(data_dir) as store:
        async with arena(data_dir, store, environment) as place:
            ready = monotonic()
            console.print(f"Ready after {ready - teller.began:.1f} s.\n", style="dim")
            while True:
                result = await torture(make_schedule(seed, wish.sales), place, teller)
                print_result(result, console)
                if result.breaches or monotonic() >= ready + 60 * wish.minutes:
                    return result
                seed += 1


def _leave(data_dir: Path, console: Console, *, keep: bool) -> None:
    if keep:
        console.print(f"  data and logs: {data_dir}", highlight=False, soft_wrap=True)
    else:
        shutil.rmtree(data_dir, ignore_errors=True)
