"""Configures the uvicorn that serves the app, because a user may start it without options."""

import logging
from functools import partial
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.admission import Admission
from api.bounds import BACKLOG, Bounds
from api.connection import Connection

logger = logging.getLogger(__name__)

TRUSTED_BY_DEFAULT = "127.0.0.1,::1"
"""uvicorn's default for `forwarded_allow_ips`."""

LONGEST_ENDING_SECONDS = 20


class BoundServer:
    """ASGI middleware that acts at the start of the lifespan, before the server listens."""

    def __init__(self, app: ASGIApp, bounds: Bounds) -> None:
        self.app = app
        self.bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            bound_server(receive, self.bounds)
        await self.app(scope, receive, send)


def bound_server(receive: object, bounds: Bounds) -> None:
    """Change the configuration of the server that passed this `receive` to the lifespan."""
    config = getattr(getattr(receive, "__self__", None), "config", None)
    if not isinstance(config, uvicorn.Config):
        logger.warning(
            "connections have no limits: serve with uvicorn, and without --log-level trace"
        )
        return
    connect = partial(Connection, admission=Admission(bounds))
    config.http_protocol_class = cast("type[Connection]", connect)
    # A websocket would leave `Connection`, and so escape its timeouts and the count.
    config.ws_protocol_class = None
    # asyncio accepts a whole backlog before `Admission` sees the first connection. When files run
    # out, asyncio logs an error for each connection left in the queue.
    config.backlog = min(config.backlog, BACKLOG)
    if config.timeout_graceful_shutdown is None:
        config.timeout_graceful_shutdown = LONGEST_ENDING_SECONDS
    believe_no_forwarding(config)


def believe_no_forwarding(config: uvicorn.Config) -> None:
    """Ignore X-Forwarded-For unless the operator configured a trusted proxy."""
    app = config.loaded_app
    untold = config.forwarded_allow_ips == TRUSTED_BY_DEFAULT
    if untold and isinstance(app, ProxyHeadersMiddleware):
        config.loaded_app = app.app
