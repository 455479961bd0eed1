"""The worker of a torture run: `worker.py` with shorter waits. `python -m torture.worker`.

A composition root, as `worker.py` is: it reads the environment through it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from temporalio.envconfig import ClientConnectConfig

import worker
from activities.failures import RetryPace
from torture.hurry import LONGEST_PAUSE, Hurry

LOCAL = timedelta(seconds=1.5)
VISIBLE = timedelta(seconds=3)


def configured() -> tuple[worker.WorkerParts, ClientConnectConfig]:
    parts, temporal = worker.configured()
    hurried = replace(
        parts,
        patience=replace(parts.patience, local=LOCAL, visible=VISIBLE),
        pace=RetryPace(operator=LONGEST_PAUSE, transient=LONGEST_PAUSE / 2),
    )
    return hurried, cast("ClientConnectConfig", {**temporal, "interceptors": [Hurry()]})


if __name__ == "__main__":
    worker.main(configured)
