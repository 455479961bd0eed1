"""The code of docs/verify-licenses.md, run against real keys and tokens."""

import json
import re
import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import run
from typing import Any

import jwt
import pytest

from domain.license import License
from licensing.keys import ALPHABET, new_key
from licensing.signing import Signer, generate_private_key
from licensing.tokens import jwks

PAGE = Path(__file__).parent.parent.parent / "docs" / "verify-licenses.md"
NODE = shutil.which("node")

NOW = datetime.now(UTC).replace(microsecond=0)
LICENSE = License(
    id=12,
    key=new_key(),
    source="gumroad",
    order_id="HyMdzSI-iPve8n-plNxMHA==",
    product_id="fEv7TDvUDEKb-yaNdbudow==",
    product_name="Lumen Editor 3",
    tier="core",
    email="ada.buyer@example.com",
    name="Ada Buyer",
    seats=3,
    test=False,
    issued_at=NOW,
    expires_at=NOW + timedelta(days=365),
)

KeySet = dict[str, list[dict[str, str]]]
Reader = Callable[[str, KeySet], dict[str, Any]]


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
        return python_reader(request.getfixturevalue("snippets"))
    if NODE is None:
        pytest.skip("there is no Node.js here")
    return javascript_reader(NODE, tmp_path / "snippets.mjs")


def python_reader(snippets: dict[str, Any]) -> Reader:
    def read(token: str, keys: KeySet) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = snippets["read_license"](token, keys)
        except (jwt.InvalidTokenError, KeyError) as error:
            raise RefusedError from error
        return claims

    return read


def javascript_reader(node: str, file: Path) -> Reader:
    file.write_text(
        f"{code('javascript')}\n"
        "const [token, keys] = process.argv.slice(2);\n"
        "console.log(JSON.stringify(readLicense(token, JSON.parse(keys))));\n"
    )

    def read(token: str, keys: KeySet) -> dict[str, Any]:
        command = [node, str(file), token, json.dumps(keys)]
        done = run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own page's code
        if done.returncode != 0:
            raise RefusedError(done.stderr)
        claims: dict[str, Any] = json.loads(done.stdout)
        return claims

    return read


@pytest.fixture
def keys(signer: Signer) -> KeySet:
    return jwks([signer.public_key])


def test_a_key_is_well_formed_however_it_is_written(snippets: dict[str, Any]) -> None:
    for _ in range(100):
        key = new_key()
        assert snippets["is_well_formed"](key)
        assert snippets["is_well_formed"](key.lower().replace("-", " "))


def test_the_key_that_the_page_shows_is_well_formed(snippets: dict[str, Any]) -> None:
    (shown,) = re.findall(r"`((?:[A-Z0-9]{4}-){6}[A-Z0-9]{4})`", PAGE.read_text())
    assert snippets["is_well_formed"](shown)


def test_a_mistyped_key_is_caught(snippets: dict[str, Any]) -> None:
    key = new_key()
    other = ALPHABET[(ALPHABET.index(key[0]) + 1) % len(ALPHABET)]
    for typed in (other + key[1:], key[:-1], key + "A", "0" + key[1:], ""):
        assert not snippets["is_well_formed"](typed)


def test_a_token_tells_its_license(read: Reader, signer: Signer, keys: KeySet) -> None:
    claims = read(signer.sign(LICENSE), keys)
    assert (claims["jti"], claims["key"], claims["tier"]) == ("12", LICENSE.key, "core")
    assert (claims["product"], claims["seats"], claims["test"]) == (LICENSE.product_id, 3, False)


def test_a_token_for_ever_is_read(read: Reader, signer: Signer, keys: KeySet) -> None:
    assert "exp" not in read(signer.sign(replace(LICENSE, expires_at=None)), keys)


def test_an_expired_token_is_refused(read: Reader, signer: Signer, keys: KeySet) -> None:
    with pytest.raises(RefusedError):
        read(signer.sign(replace(LICENSE, expires_at=NOW - timedelta(days=1))), keys)


def test_a_changed_token_is_refused(read: Reader, signer: Signer, keys: KeySet) -> None:
    header, _, signature = signer.sign(LICENSE).split(".")
    claims = signer.sign(replace(LICENSE, seats=1000)).split(".")[1]
    with pytest.raises(RefusedError):
        read(f"{header}.{claims}.{signature}", keys)


def test_another_shop_s_token_is_refused(read: Reader, keys: KeySet) -> None:
    with pytest.raises(RefusedError):
        read(Signer(generate_private_key(), "mintpost").sign(LICENSE), keys)


def test_another_issuer_s_token_is_refused(read: Reader) -> None:
    other = Signer(generate_private_key(), "another")
    with pytest.raises(RefusedError):
        read(other.sign(LICENSE), jwks([other.public_key]))


def test_a_token_signed_with_the_public_key_is_refused(read: Reader, keys: KeySet) -> None:
    (public,) = keys["keys"]
    secret = f"{public['x']:<64}"
    claims = {"iss": "mintpost", "jti": "12", "key": LICENSE.key}
    with pytest.raises(RefusedError):
        read(jwt.encode(claims, secret, "HS256", headers={"kid": public["kid"]}), keys)
