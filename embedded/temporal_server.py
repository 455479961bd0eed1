"""Temporal's development server: the binary, the flags and the retention of closed runs."""

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
"""Temporal's default is one day, but a seller may look for a sale of last month."""


NO_HTTP_API = 'frontend.httpAllowedHosts=["none.invalid"]'
"""We do not use the HTTP API, and it has no password. A web page in the operator's browser could
read and end sales through it: with a form that posts to the port, or by DNS rebinding."""

DOWNLOADS = Path(sys.prefix) / "temporal-cli"
"""Inside the virtual environment, so that both are deleted together."""


class TemporalMissingError(RefusedError):
    """The `temporal` command is missing. The sentence says how to get it."""


def temporal_binary() -> Path:
    """Return the command: installed beside this Python, found on PATH, or downloaded earlier."""
    found = _find_temporal()
    if found is None:
        raise TemporalMissingError(
            "the `temporal` command is missing, and it could not be downloaded: install "
            "Temporal's command line (https://docs.temporal.io/cli) and try again"
        )
    return found


async def ensure_temporal() -> None:
    """Let Temporal's SDK download the command, because PyPI lacks it for some kinds of machine."""
    if _find_temporal() is not None:
        return
    Console(stderr=True).print("Downloading Temporal's server from temporal.download …")
    with suppress(OSError, RuntimeError), hidden_settings():
        DOWNLOADS.mkdir(exist_ok=True)
        # The SDK can download only while starting a server. We stop that server: ours needs other
        # flags.
        started = await WorkflowEnvironment.start_local(download_dest_dir=str(DOWNLOADS))
        await started.shutdown()


def _find_temporal() -> Path | None:
    beside = Path(sys.executable).with_name("temporal")
    if beside.exists():
        return beside
    if on_path := shutil.which("temporal"):
        return Path(on_path)
    # The SDK adds ".downloading" to the file's name until the download is complete.
    whole = (file for file in DOWNLOADS.glob("*") if file.suffix != ".downloading")
    return next(whole, None)


def server_command(file: Path, host: str, port: int, ui_port: int) -> list[str]:
    """Return the command of a server that stores everything in `file` and fsyncs each commit."""
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


async def set_retention(client: Client, retention: timedelta = RETENTION) -> None:
    keep = Duration()
    keep.FromTimedelta(retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            config=NamespaceConfig(workflow_execution_retention_ttl=keep),
        )
    )
