"""Gives each process of the stack the same variables as docker-compose.yml, and no more."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from storefronts.registry import api_variables, worker_variables

OBSERVING = frozenset({"LOG_FORMAT", "METRICS_ADDRESS"})
DATABASE = frozenset({"DATABASE_URL", "DATA_DIR"})
API = (
    DATABASE
    | OBSERVING
    | api_variables()
    | {
        "ALERT_AFTER_SECONDS",
        "ALERT_EVERY_SECONDS",
        "ALERT_WEBHOOK_URL",
        "ANSWER_SIGNING_KEY_FILE",
        "DIALECTS",
        "LICENSE_ISSUER",
        "POSTMARK_WEBHOOK_SECRET",
        "PRODUCTS_FILE",
    }
)
WORKER = (
    DATABASE
    | OBSERVING
    | worker_variables()
    | {
        "EMAIL_FROM",
        "EMAIL_LOOKUP_SECONDS",
        "EMAIL_REPLY_TO",
        "LICENSE_ISSUER",
        "LICENSE_SIGNING_KEY",
        "LICENSE_SIGNING_KEY_FILE",
        "OPERATOR_EMAIL",
        "POSTMARK_API_URL",
        "POSTMARK_MESSAGE_STREAM",
        "POSTMARK_TOKEN",
        "PRODUCTS_FILE",
        "PUBLIC_URL",
        "SHOP_NAME",
        "SHOP_URL",
        "TEMPLATES_DIR",
        "WORKER_HEALTH_FILE",
    }
)
READS = {"api": API, "worker": WORKER}
"""The variables that each process reads. Temporal's server is missing here because it reads none.
"""

OURS = API | WORKER
COMPOSE = frozenset({"POSTGRES_PASSWORD", "API_POSTGRES_PASSWORD"})
"""Variables of Compose. They may stand in the same `.env`, but none of our processes reads them."""


def environment_of(process: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables from `given` for the process.

    A variable for other processes is set to blank, not left out. The process also reads `.env`, and
    an environment variable wins over `.env` even when blank.
    """
    reads = READS.get(process)
    kept = {name: value for name, value in given.items() if not _is_secret_of_ours(name)}
    if reads is None:
        return kept
    own = {name.upper(): value for name, value in given.items() if name.upper() in reads}
    libraries = {name: value for name, value in given.items() if _is_of_library(name)}
    return {**kept, **libraries, **dict.fromkeys(OURS - reads, ""), **own}


@contextmanager
def hidden_settings() -> Iterator[None]:
    """Hide our settings while a library starts a child, because children inherit them."""
    hidden = {name: os.environ[name] for name in os.environ if _is_secret_of_ours(name)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def _is_secret_of_ours(name: str) -> bool:
    return name.upper() in OURS | COMPOSE or name.startswith("TEMPORAL_") or _is_of_library(name)


def _is_of_library(name: str) -> bool:
    """Tell whether libpq or OpenTelemetry reads the variable; each may hold a secret."""
    return name.startswith(("PG", "OTEL_"))
