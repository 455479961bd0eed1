"""Keeps query strings out of uvicorn's access log: one of them is the webhook's secret."""

import logging

from typing_extensions import override

PATH = 2
"""Where uvicorn puts the path: (client, method, path and query, HTTP version, status)."""


class WithoutQuery(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) > PATH:
            arguments = list(record.args)
            arguments[PATH] = str(arguments[PATH]).partition("?")[0]
            record.args = tuple(arguments)
        return True


def hide_queries() -> None:
    """Filter at the logger, so that it holds however uvicorn was started and configured."""
    logger = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, WithoutQuery) for known in logger.filters):
        logger.addFilter(WithoutQuery())
