"""Puts our bounds on the uvicorn that serves the app, with whatever options it was started."""

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
"""Whose X-Forwarded-For uvicorn believes unless it is told otherwise."""

LONGEST_ENDING_SECONDS = 20


class BoundServer:
    """ASGI middleware. When the app starts, no connection has been accepted yet."""

    def __init__(self, app: ASGIApp, bounds: Bounds) -> None:
        self.app = app
        self.bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            bound_server(receive, self.bounds)
        await self.app(scope, receive, send)


def bound_server(receive: object, bounds: Bounds) -> None:
    """Change the settings of the server that this `receive` of its lifespan belongs to."""
    config = getattr(getattr(receive, "__self__", None), "config", None)
    if not isinstance(config, uvicorn.Config):
        logger.warning("this is no uvicorn, or one with --log-level trace: nothing is bounded")
        return
    connect = partial(Connection, admission=Admission(bounds))
    config.http_protocol_class = cast("type[Connection]", connect)
    # A path that takes none would be told apart, and a socket leave our connection uncounted.
    config.ws_protocol_class = None
    # asyncio accepts as many at once before it looks at any: together they must not take the
    # last file, at which it writes a line for each that is left.
    config.backlog = min(config.backlog, BACKLOG)
    if config.timeout_graceful_shutdown is None:
        config.timeout_graceful_shutdown = LONGEST_ENDING_SECONDS
    believe_no_forwarding(config)


def believe_no_forwarding(config: uvicorn.Config) -> None:
    """Take the peer's own address, unless the operator named the proxy that tells another."""
    app = config.loaded_app
    untold = config.forwarded_allow_ips == TRUSTED_BY_DEFAULT
    if untold and isinstance(app, ProxyHeadersMiddleware):
        config.loaded_app = app.app
