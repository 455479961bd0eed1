"""The revocation list as a token: its form, and the lists that are refused."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from domain.license import License
from licensing.private_keys import generate_private_key
from licensing.revocations import (
    Revocations,
    revocation_hash,
    signer_of_list,
    verify_revocations,
)
from licensing.signed_lists import VerifiedList
from licensing.signing import Signer
from licensing.tokens import TokenInvalidError, jwks, verify_token

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIST = Revocations(7, NOW, tuple(sorted(map(revocation_hash, ("17", "a-jti", "another")))))


def refused(token: str, signer: Signer) -> str:
    with pytest.raises(TokenInvalidError) as caught:
        verify_revocations(token, [signer.public_key])
    return str(caught.value)


def test_a_list_has_the_claims_that_programs_rely_on(signer: Signer) -> None:
    token = signer.sign_revocations(LIST)
    key = jwt.PyJWKSet.from_dict(jwks([signer.public_key]))[signer.kid]
    claims = jwt.decode(token, key, ["EdDSA"], {"verify_exp": False, "verify_iat": False})

    assert jwt.get_unverified_header(token) == {
        "alg": "EdDSA",
        "typ": "revocations+jwt",
        "kid": signer.kid,
    }
    assert claims == {
        "iss": "Ada's shop",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(days=7)).timestamp()),
        "seq": 7,
        "revoked": sorted(LIST.revoked),
    }


def test_a_license_is_named_by_half_the_sha_256_of_its_jti() -> None:
    named = revocation_hash("a-jti")
    assert base64.urlsafe_b64decode(named + "==") == hashlib.sha256(b"a-jti").digest()[:16]
    assert len(named) == 22


def test_a_list_is_read_as_it_was_signed(signer: Signer) -> None:
    token = signer.sign_revocations(LIST)
    read = verify_revocations(f"\ufeff{token}\n", [signer.public_key])
    assert read == VerifiedList(signer.kid, "Ada's shop", LIST, NOW + timedelta(days=7))


@pytest.mark.parametrize("beginning", ["", "no header.", "e30."])
def test_the_beginning_of_a_list_names_its_signer(signer: Signer, beginning: str) -> None:
    assert signer_of_list(signer.sign_revocations(LIST)[:300]) == signer.kid
    assert signer_of_list(beginning) is None


def test_a_changed_list_is_refused(signer: Signer) -> None:
    head, _, signature = signer.sign_revocations(LIST).split(".")
    emptied = signer.sign_revocations(Revocations(7, NOW, ())).split(".")[1]
    assert "changed after it was signed" in refused(f"{head}.{emptied}.{signature}", signer)


def test_another_shop_s_list_is_refused(signer: Signer) -> None:
    other = Signer(generate_private_key(), "Ada's shop")
    assert "not known here" in refused(other.sign_revocations(LIST), signer)


def test_neither_type_is_taken_for_the_other(signer: Signer, license_: License) -> None:
    assert "a license token (license.jwt), and a revocation list" in refused(
        signer.sign(license_), signer
    )
    with pytest.raises(TokenInvalidError, match=r"this is a revocation list .*, and a license"):
        verify_token(signer.sign_revocations(LIST), [signer.public_key], NOW)


@pytest.mark.parametrize("typ", ["access+jwt", 7, "revocations"])
def test_a_type_that_is_not_known_is_no_license(signer: Signer, pem: str, typ: object) -> None:
    claims = {"iss": "Ada's shop", "jti": "17", "key": "k"}
    token = jwt.encode(claims, pem, "EdDSA", {"kid": signer.kid, "typ": typ})
    with pytest.raises(TokenInvalidError, match="token is of another type"):
        verify_token(token, [signer.public_key], NOW)


@pytest.mark.parametrize("odd", [{"revoked": "all"}, {"revoked": [7]}, {"seq": "7"}, {"exp": 1e99}])
def test_claims_of_another_kind_are_refused(
    signer: Signer, pem: str, odd: dict[str, object]
) -> None:
    claims = {"iss": "Ada's shop", "iat": 1, "exp": 2, "seq": 7, "revoked": []} | odd
    headers = {"kid": signer.kid, "typ": "revocations+jwt"}
    assert "this token is signed" in refused(jwt.encode(claims, pem, "EdDSA", headers), signer)
