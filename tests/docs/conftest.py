"""The code of docs/verify-licenses.md, each language's made callable."""

import json
import re
import runpy
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import run
from typing import Any

import jwt
import pytest

from licensing.signing import Signer
from licensing.tokens import jwks

PAGE = Path(__file__).parent.parent.parent / "docs" / "verify-licenses.md"
NODE = shutil.which("node")

KeySet = dict[str, list[dict[str, str]]]
Reader = Callable[[str, KeySet], dict[str, Any]]
KeyChecks = Callable[[Sequence[str]], list[bool]]


class RefusedError(Exception):
    """The snippet took the token for no license."""


def code(language: str) -> str:
    return "\n\n".join(re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture
def snippets(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "snippets.py"
    file.write_text(code("python"))
    return runpy.run_path(str(file))


@pytest.fixture(params=["python", "javascript"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    if request.param == "python":
        return _python_reader(request.getfixturevalue("snippets"))
    return _javascript_reader(tmp_path / "reading.mjs")


@pytest.fixture(params=["python", "javascript"])
def well_formed(request: pytest.FixtureRequest, tmp_path: Path) -> KeyChecks:
    if request.param == "python":
        check = request.getfixturevalue("snippets")["is_well_formed"]
        return lambda keys: [check(key) for key in keys]
    return _javascript_key_checks(tmp_path / "checking.mjs")


@pytest.fixture
def keys(signer: Signer) -> KeySet:
    return jwks([signer.public_key])


def _python_reader(snippets: dict[str, Any]) -> Reader:
    def read(token: str, keys: KeySet) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = snippets["read_license"](token, keys)
        except (jwt.InvalidTokenError, KeyError) as error:
            raise RefusedError from error
        return claims

    return read


def _javascript_reader(file: Path) -> Reader:
    def read(token: str, keys: KeySet) -> dict[str, Any]:
        claims: dict[str, Any] = _javascript(file, "readLicense(...given)", [token, keys])
        return claims

    return read


def _javascript_key_checks(file: Path) -> KeyChecks:
    def checks(keys: Sequence[str]) -> list[bool]:
        answers: list[bool] = _javascript(file, "given.map(isWellFormed)", list(keys))
        return answers

    return checks


def _javascript(file: Path, call: str, given: list[Any]) -> Any:  # noqa: ANN401 - whatever JSON can say
    if NODE is None:
        pytest.skip("there is no Node.js here")
    file.write_text(
        f"{code('javascript')}\n"
        'const { readFileSync } = await import("node:fs");\n'
        "const given = JSON.parse(readFileSync(0));\n"
        f"console.log(JSON.stringify({call}));\n"
    )
    command = [NODE, str(file)]
    done = run(command, input=json.dumps(given), capture_output=True, check=False, text=True)  # noqa: S603 - our own page's code
    if done.returncode != 0:
        raise RefusedError(done.stderr)
    return json.loads(done.stdout)
