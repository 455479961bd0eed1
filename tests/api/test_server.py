"""The app configures its server, with any options of uvicorn."""

import asyncio
from functools import partial

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.lifespan.on import LifespanOn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.bounds import BACKLOG, Bounds
from api.connection import Connection
from api.server import LONGEST_ENDING_SECONDS, bound_server


async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Never called."""


class SomeProtocol(asyncio.Protocol):
    """Stands for httptools, or for a websocket library."""


def bounded(config: uvicorn.Config) -> uvicorn.Config:
    bound_server(LifespanOn(config).receive, Bounds())
    return config


def test_connections_are_bounded_with_any_option_of_uvicorn() -> None:
    config = bounded(uvicorn.Config(app, http=SomeProtocol, ws=SomeProtocol, log_config=None))
    connect: object = config.http_protocol_class
    assert isinstance(connect, partial)
    assert connect.func is Connection
    assert config.ws_protocol_class is None
    assert config.backlog == BACKLOG
    assert config.timeout_graceful_shutdown == LONGEST_ENDING_SECONDS


def test_shorter_times_of_the_operators_stay() -> None:
    config = uvicorn.Config(app, timeout_graceful_shutdown=3, backlog=16, log_config=None)
    assert (bounded(config).timeout_graceful_shutdown, config.backlog) == (3, 16)


@pytest.mark.parametrize("named", ["10.0.0.1", "127.0.0.1", "*"])
def test_proxy_is_believed_where_it_is_named(named: str) -> None:
    config = bounded(uvicorn.Config(app, forwarded_allow_ips=named, log_config=None))
    assert isinstance(config.loaded_app, ProxyHeadersMiddleware)


def test_no_proxy_is_believed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    assert bounded(uvicorn.Config(app, log_config=None)).loaded_app is app


def test_server_that_cannot_be_bounded_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    bound_server(receive, Bounds())
    assert "connections have no limits" in caplog.text
