"""`mintpost dev`: the whole stack on one machine, until Ctrl-C."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.text import Text
from sqlalchemy import URL

from embedded.data_dir import WEBHOOK_FILE, generated_secrets, locked_data_dir
from embedded.stack import Stack, StackPlan
from kit.signals import stopped_by_signals
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


async def run_dev(plan: StackPlan, database: URL, console: Console) -> None:
    """Start the stack, print its addresses, and stop on Ctrl-C or when a process dies."""
    with locked_data_dir(plan.data_dir), stopped_by_signals():
        await asyncio.to_thread(migrate_database, database)
        async with Stack(plan) as stack:
            _announce(plan, console)
            await stack.watch()


def _announce(plan: StackPlan, console: Console) -> None:
    file = plan.data_dir / WEBHOOK_FILE
    made_here = file.exists() and file.read_text() == plan.environment[DEFAULT.secret_variable]
    shown = f"$(cat {file})" if made_here else f"<{DEFAULT.secret_variable}>"
    address = f"{plan.url}/webhooks/{DEFAULT.name}{DEFAULT.address_ends.format(shown)}"
    console.print("[bold green]ready[/]")
    console.print("  webhook  ", Text(address), soft_wrap=True)
    console.print(f"  Temporal  {plan.ui_url} (Web UI), {plan.temporal_address}", highlight=False)
    console.print(f"  data      {plan.data_dir}", highlight=False, soft_wrap=True)
    # Without these variables, commands in another terminal would look in another place.
    here = f"DATA_DIR={quote(str(plan.data_dir))} TEMPORAL_ADDRESS={plan.temporal_address}"
    console.print("  commands ", Text(f"export {here}; mintpost events"), soft_wrap=True)
    console.print("  Ctrl-C stops all of it", style="dim")
