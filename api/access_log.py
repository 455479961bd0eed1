"""Keeps secrets out of uvicorn's access log, because a webhook's address may hold its secret.

Only parts of a path that cannot hold a secret are logged, and no query. The address of an app's
user is not logged either.
"""

import logging

from typing_extensions import override

from api.paths import is_of_apps, loggable

CLIENT, PATH = 0, 2
"""Positions in uvicorn's arguments: client, method, path and query, HTTP version, status."""


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
            if is_of_apps(path):
                arguments[CLIENT] = "-"
            record.args = tuple(arguments)
        return True


def hide_secrets(sources: frozenset[str]) -> None:
    """Filter at the logger, so that the filter works with every configuration of uvicorn."""
    logger = logging.getLogger("uvicorn.access")
    for known in [each for each in logger.filters if isinstance(each, WithoutSecrets)]:
        logger.removeFilter(known)
    logger.addFilter(WithoutSecrets(sources))
    # At level TRACE uvicorn would log whole requests.
    logging.getLogger("uvicorn.asgi").setLevel(logging.INFO)
