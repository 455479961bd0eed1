"""The vendors' clients are there, in the versions that the files name."""

import json

import pytest

from tests.clients.conftest import PythonClients
from tests.clients.installing import HERE
from tests.clients.running import Clients

REQUIREMENTS = {file.stem: file.read_text() for file in (HERE / "python").glob("*.txt")}


async def test_npm_clients_have_the_pinned_versions(npm: Clients) -> None:
    pinned = json.loads((HERE / "npm" / "package.json").read_text())["dependencies"]
    found = await npm.run("installed.mjs", names=list(pinned))
    assert found == [version.rpartition("@")[2] for version in pinned.values()]


@pytest.mark.parametrize("name", sorted(REQUIREMENTS))
async def test_a_python_client_has_the_pinned_version(python: PythonClients, name: str) -> None:
    client, _, version = REQUIREMENTS[name].strip().partition("==")
    assert await python(name).run("installed.py", name=client) == version
