"""The worker of a torture run: `worker.py` with shorter waits. `python -m torture.worker`.

A composition root like `worker.py`, through which it reads the environment. It imports that first,
because `worker.py` begins with a pause of the garbage collector.
"""

from worker import main  # isort: split

from dataclasses import replace
from datetime import timedelta
from typing import cast

from temporalio.envconfig import ClientConnectConfig

import worker_parts
from activities.failures import RetryPace
from torture.short_waits import LONGEST_PAUSE, ShortWaits

LOCAL = timedelta(seconds=1.5)
VISIBLE = timedelta(seconds=3)


def configured() -> tuple[worker_parts.WorkerParts, ClientConnectConfig]:
    parts, temporal = worker_parts.configured()
    hurried = replace(
        parts,
        patience=replace(parts.patience, local=LOCAL, visible=VISIBLE),
        pace=RetryPace(operator=LONGEST_PAUSE, transient=LONGEST_PAUSE / 2),
    )
    return hurried, cast("ClientConnectConfig", {**temporal, "interceptors": [ShortWaits()]})


if __name__ == "__main__":
    main(configured)
