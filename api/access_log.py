"""Keeps secrets out of uvicorn's access log: the webhook's stands in the address, rightly or not.

Only what cannot hold one is logged of a path, and nothing of a query.
"""

import logging

from typing_extensions import override

from api.paths import loggable

PATH = 2
"""Where uvicorn puts the path: (client, method, path and query, HTTP version, status)."""


class WithoutSecrets(logging.Filter):
    def __init__(self, sources: frozenset[str]) -> None:
        super().__init__()
        self.sources = sources

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) > PATH:
            arguments = list(record.args)
            path = str(arguments[PATH]).partition("?")[0]
            arguments[PATH] = loggable(path, self.sources)
            record.args = tuple(arguments)
        return True


def hide_secrets(sources: frozenset[str]) -> None:
    """Filter at the logger, so that it holds however uvicorn was started and configured."""
    logger = logging.getLogger("uvicorn.access")
    for known in [each for each in logger.filters if isinstance(each, WithoutSecrets)]:
        logger.removeFilter(known)
    logger.addFilter(WithoutSecrets(sources))
    # At its level TRACE uvicorn would write down each request whole.
    logging.getLogger("uvicorn.asgi").setLevel(logging.INFO)
