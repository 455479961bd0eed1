"""Makes the code in docs/verify-licenses.md callable, for each language."""

import json
import re
import runpy
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import jwt
import pytest

from licensing.signing import Signer
from licensing.tokens import jwks

PAGE = Path(__file__).parent.parent.parent / "docs" / "verify-licenses.md"
NODE = shutil.which("node")

CALLS = """
const calls = {
  readLicense: (given) => readLicense(...given),
  areWellFormed: (given) => given.map(isWellFormed),
  fetchRevocations: (given) => fetchRevocations(...given),
  readRevocations: (given) => readRevocations(...given),
  newestRevocations: (given) => newestRevocations(...given),
  isRevoked: (given) => isRevoked(...given),
};
const { createInterface } = await import("node:readline");
for await (const line of createInterface({ input: process.stdin })) {
  const [call, given] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ given: await calls[call](given) }));
  } catch (error) {
    console.log(JSON.stringify({ refused: String(error) }));
  }
}
"""

KeySet = dict[str, list[dict[str, str]]]
Reader = Callable[[str, KeySet], dict[str, Any]]
KeyChecks = Callable[[Sequence[str]], list[bool]]


class RefusedError(Exception):
    """The snippet refused the token."""


Ask = Callable[..., Any]
"""Calls a function of the page, by its name in Python."""


def code(language: str) -> str:
    return "\n\n".join(re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture
def snippets(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "snippets.py"
    file.write_text(code("python"))
    return runpy.run_path(str(file))


@dataclass(frozen=True, slots=True)
class Node:
    """One process for all calls, because its start takes longer than the calls."""

    process: Popen[str]

    def ask(self, call: str, given: list[Any]) -> Any:  # noqa: ANN401 - any JSON value
        asked, answers = self.process.stdin, self.process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps([call, given]) + "\n")
        asked.flush()
        answer = json.loads(answers.readline())
        if "refused" in answer:
            raise RefusedError(answer["refused"])
        return answer["given"]


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if NODE is None:
        pytest.skip("there is no Node.js here")
    file = tmp_path_factory.mktemp("node") / "snippets.mjs"
    file.write_text(code("javascript") + CALLS)
    with Popen([NODE, str(file)], stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603 - our own page's code
        yield Node(process)


@pytest.fixture(params=["python", "javascript"])
def read(request: pytest.FixtureRequest) -> Reader:
    if request.param == "python":
        return _python_reader(request.getfixturevalue("snippets"))
    node: Node = request.getfixturevalue("node")
    return lambda token, keys: node.ask("readLicense", [token, keys])


@pytest.fixture(params=["python", "javascript"])
def well_formed(request: pytest.FixtureRequest) -> KeyChecks:
    if request.param == "python":
        check = request.getfixturevalue("snippets")["is_well_formed"]
        return lambda keys: [check(key) for key in keys]
    node: Node = request.getfixturevalue("node")
    return lambda keys: node.ask("areWellFormed", list(keys))


@pytest.fixture(params=["python", "javascript"])
def ask(request: pytest.FixtureRequest) -> Ask:
    if request.param == "python":
        snippets = request.getfixturevalue("snippets")
        return lambda name, *given: _refusing(snippets[name], *given)
    node: Node = request.getfixturevalue("node")
    return lambda name, *given: node.ask(_in_javascript(name), list(given))


@pytest.fixture
def keys(signer: Signer) -> KeySet:
    return jwks([signer.public_key])


def _python_reader(snippets: dict[str, Any]) -> Reader:
    def read(token: str, keys: KeySet) -> dict[str, Any]:
        claims: dict[str, Any] = _refusing(snippets["read_license"], token, keys)
        return claims

    return read


def _refusing(function: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401 - as the page has it
    try:
        return function(*given)
    except (jwt.InvalidTokenError, KeyError) as error:
        raise RefusedError from error


def _in_javascript(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
