"""Runs `mintpost torture`: a real stack under faults, and proof that it keeps its promises."""

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from rich.console import Console

from kit.clock import utc_now
from kit.refusals import RefusedError
from kit.signals import stopped_by_signals
from storefronts.package import StorefrontPackage
from storefronts.registry import PACKAGES
from torture.database import RoundDatabase, postgres_store, sqlite_store
from torture.orders import first_day
from torture.plan import make_schedule
from torture.report import ProgressReporter, Result, print_result
from torture.run import arena, torture
from torture.shop import shop_to_torture

MOST_SEEDS = 10**6


class BrokenPromiseError(RefusedError):
    """A promise is broken. The sentence names the seed, so that a person can repeat the run."""


@dataclass(frozen=True, slots=True)
class TortureOptions:
    """The options of `mintpost torture`. Rounds run for `minutes`, and at least one round runs."""

    sales: int
    package: StorefrontPackage = PACKAGES[0]
    seed: int | None = None
    minutes: float = 0
    postgres: bool = False
    keep: bool = False

    def store(self, data_dir: Path) -> AbstractContextManager[RoundDatabase]:
        return postgres_store() if self.postgres else sqlite_store(data_dir)


async def run_torture(
    options: TortureOptions, environment: Mapping[str, str], console: Console
) -> None:
    """Torture a stack in a new folder. Raises BrokenPromiseError.

    `environment` must hold none of Mintpost's own variables: with a real token, people would get
    mail.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="mintpost-torture-"))
    last: Result | None = None
    try:
        with stopped_by_signals():
            last = await _play_rounds(options, data_dir, environment, console)
    finally:
        _leave(data_dir, console, keep=options.keep or last is None or bool(last.breaches))
    if last is None:
        raise RefusedError("stopped before the torture was over")
    if last.breaches:
        seed = last.schedule.seed
        raise BrokenPromiseError(f"a promise is broken; `--seed {seed}` does the same again")


async def _play_rounds(
    options: TortureOptions, data_dir: Path, environment: Mapping[str, str], console: Console
) -> Result:
    """Play rounds until the time is over or a promise is broken. Return the last result."""
    reporter = ProgressReporter(console)
    seed = secrets.randbelow(MOST_SEEDS) if options.seed is None else options.seed
    console.print(f"seed {seed}: `--seed {seed}` does the same again", highlight=False)
    console.print("Starting Temporal, the worker and the API …", style="dim")
    shop = shop_to_torture(options.package)
    with options.store(data_dir) as store:
        async with arena(data_dir, store, shop, environment) as place:
            ready = monotonic()
            console.print(f"Ready after {ready - reporter.began:.1f} s.\n", style="dim")
            while True:
                began = first_day(utc_now())
                schedule = make_schedule(seed, options.sales, began, shop.traits)
                result = await torture(schedule, place, reporter)
                print_result(result, console)
                if result.breaches or monotonic() >= ready + 60 * options.minutes:
                    return result
                seed += 1


def _leave(data_dir: Path, console: Console, *, keep: bool) -> None:
    if keep:
        console.print(f"  data and logs: {data_dir}", highlight=False, soft_wrap=True)
    else:
        shutil.rmtree(data_dir, ignore_errors=True)
