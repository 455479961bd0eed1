import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from domain.license import License
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from licensing.tokens import (
    PublicKey,
    VerifiedToken,
    jwks,
    thumbprint,
    verify_token,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXPIRY = datetime(2027, 3, 2, 11, 59, 30, tzinfo=UTC)
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
KEYS = [PublicKey(KID, X)]


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    assert thumbprint(X) == KID


def test_the_jwk_has_every_member_that_libraries_look_for() -> None:
    assert jwks(KEYS) == {
        "keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": KID, "x": X}]
    }


def test_an_app_verifies_a_token_with_plain_pyjwt_and_the_served_keys(
    signer: Signer, license_: License
) -> None:
    endless = replace(license_, expires_at=None, issued_at=datetime(2020, 1, 1, tzinfo=UTC))
    retired = Signer(generate_private_key(), "mintpost")
    served = json.dumps(jwks([retired.public_key, signer.public_key]))
    token = signer.sign(endless)

    key = jwt.PyJWKSet.from_json(served)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer="Ada's shop")

    assert claims["product"] == "datatools-pro"
    assert claims["key"] == license_.key


def test_an_app_refuses_an_expired_token_with_plain_pyjwt(
    signer: Signer, license_: License
) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    expired = replace(license_, issued_at=past, expires_at=past + timedelta(days=365))
    key = jwt.PyJWKSet.from_dict(jwks([signer.public_key]))[signer.kid]

    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(signer.sign(expired), key, algorithms=["EdDSA"])


def test_a_verified_token_says_all_that_was_signed(signer: Signer, license_: License) -> None:
    assert verify_token(signer.sign(license_), KEYS, NOW) == VerifiedToken(
        kid=KID,
        issuer="Ada's shop",
        token_id="17",
        key=license_.key,
        product_id="datatools-pro",
        tier="pro",
        seats=5,
        test=False,
        issued_at=datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC),
        expires_at=EXPIRY,
        holds=True,
    )


def test_a_token_holds_until_the_second_it_expires(signer: Signer, license_: License) -> None:
    token = signer.sign(license_)

    assert verify_token(token, KEYS, EXPIRY - timedelta(microseconds=1)).holds
    assert not verify_token(token, KEYS, EXPIRY).holds


def test_a_token_holds_until_the_grace_is_over(signer: Signer, license_: License) -> None:
    grace = EXPIRY + timedelta(days=3)
    token = signer.sign(replace(license_, expires_at=EXPIRY, grace_until=grace))
    assert verify_token(token, KEYS, NOW).expires_at == grace


def test_an_expired_token_still_says_what_it_was(signer: Signer, license_: License) -> None:
    verified = verify_token(signer.sign(license_), KEYS, EXPIRY + timedelta(days=365))

    assert not verified.holds
    assert verified.expires_at == EXPIRY
    assert verified.key == license_.key


def test_a_token_for_ever_always_holds(signer: Signer, license_: License) -> None:
    token = signer.sign(replace(license_, expires_at=None))

    verified = verify_token(token, KEYS, datetime.max.replace(tzinfo=UTC))

    assert verified.holds
    assert verified.expires_at is None


def test_the_right_key_is_found_among_all_that_ever_signed(
    signer: Signer, license_: License
) -> None:
    others = [Signer(generate_private_key(), "mintpost").public_key for _ in range(3)]

    verified = verify_token(signer.sign(license_), [*others, signer.public_key], NOW)

    assert verified.kid == signer.kid


def test_another_issuer_with_a_known_key_is_shown(pem: str, license_: License) -> None:
    token = Signer(pem, "Someone else").sign(license_)

    assert verify_token(token, KEYS, NOW).issuer == "Someone else"
