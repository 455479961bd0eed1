"""`mintpost dev`: the whole stack on one machine, until Ctrl-C.

The process runs two programs. The first reads the settings, migrates the database, and executes
`commands/dev_stack.py` in its place, so that SQLAlchemy and Alembic do not stay in memory all day.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from sqlalchemy import URL

from embedded.data_dir import WEBHOOK_FILE, locked_data_dir
from embedded.generated_secrets import generated_secrets
from embedded.stack import StackPlan
from kit.signals import STOP_SIGNALS, stopped_by_signals
from operations.migrate import migrate_database
from storefronts.registry import DEFAULT


def plan_dev(
    data_dir: Path, port: int, temporal_port: int, ui_port: int, environment: Mapping[str, str]
) -> StackPlan:
    return StackPlan(
        data_dir=data_dir,
        port=port,
        temporal_port=temporal_port,
        ui_port=ui_port,
        environment={**environment, **generated_secrets(data_dir, environment)},
    )


def run_dev(plan: StackPlan, database: URL) -> None:
    """Migrate the database and become the stack, unless a signal stops it before."""
    with locked_data_dir(plan.data_dir, plan.url):
        if asyncio.run(_is_migrated(database)):
            _become_the_stack(plan)


async def _is_migrated(database: URL) -> bool:
    migrated = False
    with stopped_by_signals():
        await asyncio.to_thread(migrate_database, database)
        # From here on a signal waits for the next program, because that program can stop the stack.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        migrated = True
    return migrated  # noqa: RET504 - a signal ends the block before


def _become_the_stack(plan: StackPlan) -> NoReturn:
    ports = map(str, (plan.port, plan.temporal_port, plan.ui_port))
    arguments = [str(plan.data_dir), *ports, _webhook(plan)]
    command = [sys.executable, "-m", "commands.dev_stack", *arguments]
    sys.stdout.flush()
    os.execve(sys.executable, command, dict(plan.environment))  # noqa: S606 - our own program


def _webhook(plan: StackPlan) -> str:
    """Return the webhook's address for a shell, with the secret's variable and not the secret."""
    file = plan.data_dir / WEBHOOK_FILE
    made_here = file.exists() and file.read_text() == plan.environment[DEFAULT.secret_variable]
    shown = f"$(cat {file})" if made_here else f"<{DEFAULT.secret_variable}>"
    return f"{plan.url}/webhooks/{DEFAULT.name}{DEFAULT.address_ends.format(shown)}"
