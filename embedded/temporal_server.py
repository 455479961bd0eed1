"""Temporal's development server: which binary, which flags, and how long it remembers."""

import shutil
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from rich.console import Console
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from embedded.child_environment import hidden_settings
from kit.refusals import RefusedError
from workflows.names import SALE_PRODUCT, SALE_SOURCE

RETENTION = timedelta(days=90)
"""The default is a day; a seller looks for last month's sale."""


NO_HTTP_API = 'frontend.httpAllowedHosts=["none.invalid"]'
"""Nobody of ours uses it, and it asks for no password: a web page in the operator's browser could
read and end sales, by a form that it sends there or by a name of its own that points there."""

DOWNLOADS = Path(sys.prefix) / "temporal-cli"
"""Goes when the virtual environment goes, as an installed one would."""


class TemporalMissingError(RefusedError):
    """Says how to get the `temporal` command."""


def temporal_binary() -> Path:
    """Return the command: installed beside this Python, on PATH, or downloaded before."""
    found = _find_temporal()
    if found is None:
        raise TemporalMissingError(
            "the `temporal` command is missing, and it could not be downloaded: install "
            "Temporal's command line (https://docs.temporal.io/cli) and try again"
        )
    return found


async def provide_temporal() -> None:
    """Have Temporal's SDK download the command where PyPI has none for this kind of machine."""
    if _find_temporal() is not None:
        return
    Console(stderr=True).print("Downloading Temporal's server from temporal.download …")
    with suppress(OSError, RuntimeError), hidden_settings():
        DOWNLOADS.mkdir(exist_ok=True)
        # The SDK can only download what it then starts; we start our own with other flags.
        started = await WorkflowEnvironment.start_local(download_dest_dir=str(DOWNLOADS))
        await started.shutdown()


def _find_temporal() -> Path | None:
    beside = Path(sys.executable).with_name("temporal")
    if beside.exists():
        return beside
    if on_path := shutil.which("temporal"):
        return Path(on_path)
    # The SDK names the file after itself, and ".downloading" until it is whole.
    whole = (file for file in DOWNLOADS.glob("*") if file.suffix != ".downloading")
    return next(whole, None)


def server_command(file: Path, host: str, port: int, ui_port: int) -> list[str]:
    """Return the command of a server that keeps everything in `file`, each commit fsynced."""
    attributes = (SALE_SOURCE, SALE_PRODUCT)
    return [
        str(temporal_binary()),
        "server",
        "start-dev",
        f"--ip={host}",
        f"--port={port}",
        f"--ui-port={ui_port}",
        f"--db-filename={file}",
        "--sqlite-pragma=journal_mode=wal",
        "--sqlite-pragma=synchronous=full",
        "--log-level=error",
        f"--dynamic-config-value={NO_HTTP_API}",
        *(f"--search-attribute={attribute.name}=Keyword" for attribute in attributes),
    ]


async def keep_histories(client: Client, retention: timedelta = RETENTION) -> None:
    keep = Duration()
    keep.FromTimedelta(retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            config=NamespaceConfig(workflow_execution_retention_ttl=keep),
        )
    )
