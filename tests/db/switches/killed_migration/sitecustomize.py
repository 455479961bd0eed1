"""Kills its own process just before a statement that begins with KILL_BEFORE."""

import os
import signal

from sqlalchemy import Engine, event


@event.listens_for(Engine, "before_cursor_execute")
def die(
    _connection: object,
    _cursor: object,
    statement: str,
    _parameters: object,
    _context: object,
    _executemany: object,
) -> None:
    if statement.split() and " ".join(statement.split()).startswith(os.environ["KILL_BEFORE"]):
        os.kill(os.getpid(), signal.SIGKILL)
