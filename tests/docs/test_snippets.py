"""The code of docs/apps, run against real keys and tokens."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from domain.license import License
from licensing.keys import ALPHABET, new_key
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from licensing.tokens import jwks
from tests.docs.building import RefusedError
from tests.docs.conftest import KeyChecks, KeySet, Reader
from tests.docs.test_docs import ROOT

PAGE = ROOT / "docs" / "verify-licenses.md"
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


def test_a_key_is_well_formed_however_it_is_written(well_formed: KeyChecks) -> None:
    keys = [new_key() for _ in range(100)]

    assert all(well_formed(keys))
    assert all(well_formed([key.lower().replace("-", " ") for key in keys]))


def test_the_key_that_the_page_shows_is_well_formed(well_formed: KeyChecks) -> None:
    (shown,) = re.findall(r"`((?:[A-Z0-9]{4}-){6}[A-Z0-9]{4})`", PAGE.read_text())
    assert well_formed([shown]) == [True]


def test_a_mistyped_key_is_caught(well_formed: KeyChecks) -> None:
    key = new_key()
    other = ALPHABET[(ALPHABET.index(key[0]) + 1) % len(ALPHABET)]
    mistyped = [other + key[1:], key[:-1], key + "A", "0" + key[1:], ""]
    assert not any(well_formed(mistyped))


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


@pytest.mark.parametrize(
    "odd",
    [
        {"jti": None},
        {"jti": 12},
        {"key": None},
        {"exp": "1700000000"},
        {"exp": {}},
        {"exp": None},
        {"exp": True},
    ],
    ids=str,
)
def test_claims_of_another_type_are_refused(read: Reader, odd: dict[str, object]) -> None:
    private = generate_private_key()
    public = Signer(private, "mintpost").public_key
    claims = {"iss": "mintpost", "jti": "12", "key": LICENSE.key} | odd
    with pytest.raises(RefusedError):
        read(jwt.encode(claims, private, "EdDSA", {"kid": public.kid}), jwks([public]))
