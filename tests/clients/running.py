"""Runs a script of `scripts/` with a vendor's client, in a process of its own."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "scripts"
PATIENCE_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Clients:
    """Installed clients. `command` runs the text that follows it as a program."""

    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    async def run(self, script: str, **given: object) -> Any:  # noqa: ANN401 - any JSON value
        """Run a file of `scripts/`.

        The script reads `given` as JSON from its input. Its last line of output is its result, as
        JSON.
        """
        process = await asyncio.create_subprocess_exec(
            *self.command,
            (SCRIPTS / script).read_text(),
            cwd=self.folder,
            env={**_without_proxies(), **self.environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            asked = process.communicate(json.dumps(given).encode())
            out, err = await asyncio.wait_for(asked, PATIENCE_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, f"{script} ended with {process.returncode}:\n{err.decode()}"
        return json.loads(out.decode().splitlines()[-1])


def _without_proxies() -> dict[str, str]:
    """Return the environment without proxies, because these clients must ask this machine."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
