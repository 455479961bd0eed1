"""Temporal's development server: the binary, the flags and the retention of closed runs."""

import shutil
import sys
from pathlib import Path

from kit.refusals import RefusedError
from workflows.attribute_names import ATTRIBUTE_NAMES

NO_HTTP_API = 'frontend.httpAllowedHosts=["none.invalid"]'
"""We do not use the HTTP API, and it has no password. A web page in the operator's browser could
read and end sales through it: with a form that posts to the port, or by DNS rebinding."""

DOWNLOADS = Path(sys.prefix) / "temporal-cli"
"""Inside the virtual environment, so that both are deleted together."""


class TemporalMissingError(RefusedError):
    """The `temporal` command is missing. The sentence says how to get it."""


def temporal_binary() -> Path:
    """Return the command: installed beside this Python, found on PATH, or downloaded earlier."""
    found = find_temporal()
    if found is None:
        raise TemporalMissingError(
            "the `temporal` command is missing, and it could not be downloaded: install "
            "Temporal's command line (https://docs.temporal.io/cli) and try again"
        )
    return found


def find_temporal() -> Path | None:
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
        *(f"--search-attribute={attribute}=Keyword" for attribute in ATTRIBUTE_NAMES),
    ]
