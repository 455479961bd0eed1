"""Makes the code in docs/apps callable, for each language."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from licensing.signing import Signer
from licensing.tokens import jwks
from tests.docs.building import App, running_app

KeySet = dict[str, list[dict[str, str]]]
Reader = Callable[[str, KeySet], dict[str, Any]]
KeyChecks = Callable[[Sequence[str]], list[bool]]


@pytest.fixture(scope="session", params=["python", "javascript", "go", "rust"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(request.param, tmp_path_factory.mktemp(request.param)) as calls:
        yield calls


@pytest.fixture
def read(app: App) -> Reader:
    return lambda token, keys: app("read_license", token, keys)


@pytest.fixture(scope="session", params=["python", "javascript"])
def well_formed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeyChecks]:
    with running_app(request.param, tmp_path_factory.mktemp(request.param)) as calls:
        yield lambda keys: calls("are_well_formed", *keys)


@pytest.fixture
def keys(signer: Signer) -> KeySet:
    return jwks([signer.public_key])
