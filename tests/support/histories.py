"""Recorded histories of sales in released versions, kept for ever."""

import json
import os
import re
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle

FOLDER = Path(__file__).parent.parent / "histories"
RECORD = "RECORD_HISTORIES"
"""Set by `make histories`: records each path of a workflow that has no recording yet."""


async def keep_history(name: str, handle: WorkflowHandle[Any, Any]) -> None:
    """Record a run under a new name. An existing recording never changes."""
    file = FOLDER / f"{name}.json"
    if os.environ.get(RECORD) and not file.exists():
        FOLDER.mkdir(exist_ok=True)
        history = await handle.fetch_history()
        text = json.dumps(json.loads(history.to_json()), indent=1, ensure_ascii=False)
        file.write_text(_without_this_machine(text) + "\n")


def recorded_histories() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def _without_this_machine(text: str) -> str:
    # The name of a sticky task queue also holds the worker's process and host.
    text = re.sub(r'"identity": "[^"]*"', '"identity": "a-worker"', text)
    text = re.sub(r'"\d+@[^"]*"', '"a-worker"', text)
    return re.sub(r'"stackTrace": "(?:[^"\\]|\\.)*"', '"stackTrace": ""', text)
