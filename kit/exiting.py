"""How our processes end."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def end_with(main: Callable[[], None]) -> NoReturn:
    """Run `main`, and end the process with its exit code, at once.

    An interpreter that shuts down after it used Temporal's SDK is aborted now and then, by a
    thread of the SDK's that still runs: 5 of 46 times after `mintpost migrate` (temporalio
    1.35.0). The work is done by then, and whoever reads the exit code must not think otherwise.
    """
    code: str | int | None = 0
    try:
        main()
    except SystemExit as stopped:
        code = stopped.code
    if isinstance(code, str):
        print(code, file=sys.stderr)  # noqa: T201 - as Python itself would
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # Whoever read it has gone.
            stream.flush()
    os._exit(code or 0)
