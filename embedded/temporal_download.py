"""Downloads Temporal's server: `python -m embedded.temporal_download`, where PyPI has none.

A process of its own, so that ours need not hold the SDK that downloads.
"""

import asyncio
from contextlib import suppress

from rich.console import Console
from temporalio.testing import WorkflowEnvironment

from embedded import temporal_server
from embedded.child_environment import hidden_settings
from embedded.temporal_server import find_temporal
from kit.exiting import end_with


async def ensure_temporal() -> None:
    """Let Temporal's SDK download the command, because PyPI lacks it for some kinds of machine."""
    if find_temporal() is not None:
        return
    Console(stderr=True).print("Downloading Temporal's server from temporal.download …")
    folder = temporal_server.DOWNLOADS
    with suppress(OSError, RuntimeError), hidden_settings():
        folder.mkdir(exist_ok=True)
        # The SDK can download only while starting a server. We stop that server: ours needs other
        # flags.
        started = await WorkflowEnvironment.start_local(download_dest_dir=str(folder))
        await started.shutdown()


if __name__ == "__main__":
    end_with(lambda: asyncio.run(ensure_temporal()))
