"""A web page in the operator's browser can do nothing to the Temporal of `mintpost dev`.

A page reaches loopback in two ways: it sends a form there, or it has its own name point there (DNS
rebinding) and asks as if it were at home.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from embedded.child import spawn
from embedded.ports import HOST, NO_TLS, free_ports
from embedded.temporal_server import server_command
from tests.support.waiting import until

WORKFLOWS = "/api/v1/namespaces/default/workflows"
FORM = {"Origin": "http://evil.example", "Content-Type": "text/plain"}


@dataclass(frozen=True, slots=True)
class Server:
    http: httpx.AsyncClient
    api: str
    ui: str


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    port, ui_port, http_port = free_ports(3)
    command = server_command(tmp_path / "temporal.db", HOST, port, ui_port)
    command.append(f"--http-port={http_port}")
    child = await spawn("temporal", command, os.environ, directory=None, logs=tmp_path)
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        found = Server(http, f"http://{HOST}:{http_port}", f"http://{HOST}:{ui_port}")

        async def answers() -> bool | None:
            child.require_alive()
            try:
                await http.get(found.api)
                listed = await http.get(found.ui + WORKFLOWS)
            except httpx.TransportError:
                return None
            return listed.is_success or None

        try:
            await until(answers, "both of its HTTP ports answer")
            yield found
        finally:
            await child.kill()


async def test_the_http_api_answers_nobody_and_the_ui_takes_no_form(server: Server) -> None:
    for host in ("evil.example", "evil.example:80", "localhost", "127.0.0.1", ""):
        listed = await server.http.get(server.api + WORKFLOWS, headers={"Host": host})
        assert not listed.is_success, host
        assert "Host not allowed" in listed.text or listed.status_code == 400, host
    end = f"{WORKFLOWS}/gumroad:a-sale/terminate"
    posted = await server.http.post(server.api + end, headers=FORM, content="{}")
    assert (posted.status_code, posted.json()["message"]) == (403, "Host not allowed")
    posted = await server.http.post(server.ui + end, headers=FORM, content="{}")
    assert (posted.status_code, posted.json()["message"]) == (
        400,
        "missing csrf token in request header",
    )


async def test_another_site_may_not_read_what_the_ui_answers(server: Server) -> None:
    listed = await server.http.get(server.ui + WORKFLOWS, headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in listed.headers
    assert all("SameSite=Strict" in each for each in listed.headers.get_list("set-cookie"))
