"""Gives the tests the vendors' own clients. Without npm, pip or a network, they are skipped."""

import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.clients.installing import NODE, npm_clients, python_clients
from tests.clients.running import Clients

PythonClients: TypeAlias = Callable[[str], Clients]


@pytest.fixture(scope="session")
def npm() -> Clients:
    """All npm clients of `npm/package.json`, for scripts that are ES modules."""
    folder = npm_clients()
    assert NODE is not None
    return Clients((NODE, "--input-type=module", "--eval"), folder)


@pytest.fixture(scope="session")
def python() -> PythonClients:
    """Give the clients of `python/<name>.txt` by that name, for scripts in Python."""

    def clients(name: str) -> Clients:
        folder = python_clients(name)
        return Clients((sys.executable, "-c"), folder, {"PYTHONPATH": str(folder)})

    return clients
