"""Starts and stops the stack of `mintpost dev`, and prints its addresses.

`mintpost dev` executes `python -m commands.dev_stack DATA_DIR PORT TEMPORAL_PORT UI_PORT WEBHOOK`
in its place. This program imports only libraries that need little memory.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from shlex import quote
from urllib.parse import quote as percent_encoded

from rich.console import Console
from rich.text import Text

from commands.exits import told_as_sentence
from commands.tables import SafeConsole
from domain.event import EventStatus
from embedded.made_up_apis import made_up_apis
from embedded.stack import Stack, StackPlan
from kit.exiting import end_with
from kit.signals import STOP_SIGNALS, stopped_by_signals
from workflows.attribute_names import SALE_STATE_NAME

LISTS = {
    # A terminated run keeps its last state.
    EventStatus.PARKED: f'{SALE_STATE_NAME}="parked" AND ExecutionStatus="Running"',
    EventStatus.FAILED: f'{SALE_STATE_NAME}="failed"',
}
"""The queries of the Web UI for the runs for which a person looks."""


def listed_runs(ui_url: str, query: str) -> str:
    """Return the address of the Web UI's list with this query."""
    query = percent_encoded(query, safe="")
    return f"{ui_url}/namespaces/default/workflows?query={query}"


async def run_stack(plan: StackPlan, webhook: str, console: Console) -> None:
    """Start the stack, print its addresses, and stop on Ctrl-C or when a process dies."""
    with stopped_by_signals():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        async with (
            made_up_apis(plan.data_dir, plan.environment) as variables,
            Stack(replace(plan, environment={**plan.environment, **variables})) as stack,
        ):
            _announce(plan, webhook, console)
            await stack.watch()


def _announce(plan: StackPlan, webhook: str, console: Console) -> None:
    console.print("[bold green]ready[/]")
    console.print("  webhook  ", Text(webhook), soft_wrap=True)
    others = f"{plan.url}/webhooks/SHOP, secret in SHOP-webhook-secret"
    console.print(f"  others    {others}", highlight=False, soft_wrap=True)
    console.print(f"  Temporal  {plan.ui_url} (Web UI), {plan.temporal_address}", highlight=False)
    for state, query in LISTS.items():
        listed = f"  … {state:<8}{listed_runs(plan.ui_url, query)}"
        console.print(listed, highlight=False, soft_wrap=True)
    console.print(f"  data      {plan.data_dir}", highlight=False, soft_wrap=True)
    # Commands in another terminal need these variables to find this stack.
    here = f"DATA_DIR={quote(str(plan.data_dir))} TEMPORAL_ADDRESS={plan.temporal_address}"
    console.print("  commands ", Text(f"export {here}; mintpost events"), soft_wrap=True)
    console.print("  Ctrl-C stops all of it", style="dim")


def main() -> None:
    data_dir, port, temporal_port, ui_port, webhook = sys.argv[1:]
    ports = (int(port), int(temporal_port), int(ui_port))
    plan = StackPlan(Path(data_dir), *ports, environment=dict(os.environ))
    with told_as_sentence():
        asyncio.run(run_stack(plan, webhook, SafeConsole()))


if __name__ == "__main__":
    end_with(main)
