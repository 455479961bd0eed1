"""`mintpost dev`: everything that a day's work needs, until Ctrl-C."""

import asyncio
import fcntl
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.text import Text
from sqlalchemy import URL

from commands.migrate import migrate_database
from commands.problems import CommandError
from commands.stack import Stack, StackPlan
from licensing.signing import generate_private_key

WEBHOOK_FILE = "webhook-secret"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DataDirTakenError(CommandError):
    """Says which folder another `mintpost dev` holds."""


def own_secrets(data_dir: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment lacks for a start, made once and kept under the data dir."""
    made: dict[str, str] = {}
    given = environment.keys() & {"LICENSE_SIGNING_KEY", "LICENSE_SIGNING_KEY_FILE"}
    if not any(environment[name] for name in given):
        key = _keep(data_dir / "signing-key.pem", generate_private_key)
        made["LICENSE_SIGNING_KEY_FILE"] = str(key)
    if not environment.get("GUMROAD_WEBHOOK_SECRET"):
        secret = _keep(data_dir / WEBHOOK_FILE, lambda: secrets.token_urlsafe(24))
        made["GUMROAD_WEBHOOK_SECRET"] = secret.read_text()
    return made


def plan_dev(
    data_dir: Path, port: int, temporal_port: int, ui_port: int, environment: Mapping[str, str]
) -> StackPlan:
    return StackPlan(
        data_dir=data_dir,
        port=port,
        temporal_port=temporal_port,
        ui_port=ui_port,
        environment={**environment, **own_secrets(data_dir, environment)},
    )


async def run_dev(plan: StackPlan, database: URL, console: Console) -> None:
    """Start the stack, say where it is, and stop it on Ctrl-C or when a part of it dies."""
    with only_one(plan.data_dir), stopped_by_signals():
        await asyncio.to_thread(migrate_database, database)
        async with Stack(plan) as stack:
            _announce(plan, console)
            await stack.watch()


def make_private(folder: Path, named_by: str | None = None) -> None:
    """Make the data dir, for its owner alone: it holds addresses, licenses and a signing key.

    Raises OSError, or CommandError with the name of the setting that names the folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if named_by is None:
            raise
        why = f"{named_by} cannot be used: the folder {folder} cannot be made ({error.strerror})"
        raise CommandError(f"{why}: name another, or mend its parent") from None


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data dir: two servers that write one Temporal file would spoil it."""
    with (data_dir / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirTakenError(
                f"another `mintpost dev` runs in {data_dir}: stop it, or choose another --data-dir"
            ) from None
        yield


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """End the block on Ctrl-C, a polite kill or a closed terminal, its cleaning-up included.

    Only the first signal counts: an impatient second one must not leave processes behind.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for number in STOP_SIGNALS:
        # `nohup mintpost dev` is to outlive its terminal.
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        yield


def _announce(plan: StackPlan, console: Console) -> None:
    file = plan.data_dir / WEBHOOK_FILE
    made_here = file.exists() and file.read_text() == plan.environment["GUMROAD_WEBHOOK_SECRET"]
    query = f"?secret=$(cat {file})" if made_here else "?secret=<GUMROAD_WEBHOOK_SECRET>"
    console.print("[bold green]ready[/]")
    console.print("  webhook  ", Text(f"{plan.url}/webhooks/gumroad{query}"), soft_wrap=True)
    console.print(f"  Temporal  {plan.ui_url} (Web UI), {plan.temporal_address}", highlight=False)
    console.print(f"  data      {plan.data_dir}", highlight=False, soft_wrap=True)
    # What the commands of another terminal would otherwise take from elsewhere, or not find.
    here = f"DATA_DIR={quote(str(plan.data_dir))} TEMPORAL_ADDRESS={plan.temporal_address}"
    console.print("  commands ", Text(f"export {here}; mintpost events"), soft_wrap=True)
    console.print("  Ctrl-C stops all of it", style="dim")


def _keep(path: Path, make: Callable[[], str]) -> Path:
    if not path.exists():
        # Whole or not at all: an empty file would be taken for a secret from then on.
        unfinished = path.with_name(f".{path.name}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(make())
        unfinished.replace(path)
    return path
