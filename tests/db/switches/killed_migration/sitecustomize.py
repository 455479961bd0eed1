"""A process that is killed outright just before it runs the statement that KILL_BEFORE begins."""

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
