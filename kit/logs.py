"""Sets up the log lines that every long-running process writes."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def set_up_logs() -> None:
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    # Alembic would add two lines to each check for readiness.
    logging.getLogger("alembic").setLevel(logging.WARNING)
