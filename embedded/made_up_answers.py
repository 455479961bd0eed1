"""The answers of shops' APIs about made-up events, kept in the data dir of `mintpost dev`.

`mintpost trigger` adds them in its own process, before it sends the event. The file only grows, so
that a line is never read while it changes.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # The stack at rest only reads.
    from storefronts.sample import SampleRequest

ANSWERS_FILE = "made-up-answers.jsonl"


def keep_answers(data_dir: Path, shop: str, request: "SampleRequest") -> None:
    """Keep the answers about the event, and about those that the shop sends with it."""
    lines = "".join(f"{json.dumps([shop, *each])}\n" for each in _answers(request))
    if not lines:
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(data_dir / ANSWERS_FILE, flags, 0o600), "ab") as file:
        file.write(lines.encode())


def read_answers(data_dir: Path, offset: int) -> tuple[list[tuple[str, str, bytes]], int]:
    """Return shop, path and body of the answers from the offset on, and the next offset."""
    try:
        with (data_dir / ANSWERS_FILE).open("rb") as file:
            file.seek(offset)
            # The last line may still be written.
            whole, line_end, _ = file.read().rpartition(b"\n")
    except FileNotFoundError:
        return [], 0
    lines = [json.loads(line) for line in whole.splitlines()]
    read = [(shop, path, body.encode()) for shop, path, body in lines]
    return read, offset + len(whole) + len(line_end)


def _answers(request: "SampleRequest") -> Iterator[tuple[str, str]]:
    for each in (*request.also, request):
        yield from ((path, body.decode()) for path, body in each.answers)
