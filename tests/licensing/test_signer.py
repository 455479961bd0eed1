import base64
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from domain.license import License
from licensing.private_keys import generate_private_key
from licensing.signing import Signer, SigningKeyError


def _as_pem(key: PrivateKeyTypes, encryption: KeySerializationEncryption | None = None) -> str:
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    return written.decode()


def _part(token: str, index: int) -> dict[str, object]:
    part = token.split(".")[index]
    content = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert isinstance(content, dict)
    return content


def test_the_key_is_named_by_its_thumbprint_of_rfc_8037(signer: Signer) -> None:
    assert signer.public_key.x == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert signer.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert signer.public_key.kid == signer.kid


def test_the_header_names_the_algorithm_the_key_and_the_type(
    signer: Signer, license_: License
) -> None:
    header = _part(signer.sign(license_), 0)

    assert header == {"alg": "EdDSA", "kid": signer.kid, "typ": "JWT"}


def test_the_token_says_what_the_license_is_and_nothing_of_its_buyer(
    signer: Signer, license_: License
) -> None:
    claims = _part(signer.sign(license_), 1)

    assert claims == {
        "iss": "Ada's shop",
        "jti": "17",
        "iat": 1772452800,
        "exp": 1803988770,
        "tier": "pro",
        "product": "datatools-pro",
        "seats": 5,
        "test": False,
        "key": license_.key,
    }


def test_a_license_for_ever_has_no_expiry(signer: Signer, license_: License) -> None:
    assert "exp" not in _part(signer.sign(replace(license_, expires_at=None)), 1)


def test_the_same_license_gives_the_same_token(signer: Signer, pem: str, license_: License) -> None:
    assert Signer(pem, "Ada's shop").sign(replace(license_)) == signer.sign(license_)


def test_a_renewed_license_gives_another_token(signer: Signer, license_: License) -> None:
    assert signer.sign(replace(license_, expires_at=None)) != signer.sign(license_)


def test_generated_keys_are_usable_and_differ(license_: License) -> None:
    one, other = (Signer(generate_private_key(), "mintpost") for _ in range(2))

    assert one.kid != other.kid
    assert one.sign(license_) != other.sign(license_)


@pytest.mark.parametrize(
    "carried", [str.encode, str.strip, lambda pem: pem.replace("\n", "\r\n"), "\ufeff{}".format]
)
def test_a_pem_may_be_carried_in_many_ways(
    pem: str, carried: Callable[[str], str | bytes], signer: Signer
) -> None:
    assert Signer(carried(pem), "mintpost").kid == signer.kid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "\ud800",
        b"\xff\x00",
    ],
)
def test_a_text_that_is_no_pem_is_refused(text: str | bytes) -> None:
    with pytest.raises(SigningKeyError, match="is no private key in PEM"):
        Signer(text, "mintpost")


def test_an_encrypted_key_is_refused(pem: str) -> None:
    key = load_pem_private_key(pem.encode(), None)

    with pytest.raises(SigningKeyError, match="is encrypted with a password"):
        Signer(_as_pem(key, BestAvailableEncryption(b"password")), "mintpost")


def test_a_public_key_is_refused(pem: str) -> None:
    public = load_pem_private_key(pem.encode(), None).public_key()

    with pytest.raises(SigningKeyError, match="is a public key"):
        Signer(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "mintpost")


@pytest.mark.parametrize(
    "generate",
    [
        partial(rsa.generate_private_key, 65537, 2048),
        partial(ec.generate_private_key, ec.SECP256R1()),
        x25519.X25519PrivateKey.generate,
    ],
    ids=["RSA", "EC", "X25519"],
)
def test_a_key_of_another_type_is_refused(generate: Callable[[], PrivateKeyTypes]) -> None:
    with pytest.raises(SigningKeyError, match="is of another type than Ed25519"):
        Signer(_as_pem(generate()), "mintpost")


@pytest.mark.parametrize(
    ("algorithm", "what"),
    [("K2V/", "is of another type than Ed25519"), ("K2Vx", "is no private key in PEM")],
    ids=["unknown to cryptography", "Ed448, whose keys are longer"],
)
def test_a_key_that_claims_another_algorithm_is_refused(
    pem: str, algorithm: str, what: str
) -> None:
    with pytest.raises(SigningKeyError, match=what):
        Signer(pem.replace("K2Vw", algorithm), "mintpost")


def test_a_refusal_names_the_settings_and_chains_nothing_of_the_key(pem: str) -> None:
    damaged = pem.replace("MC4C", "MC4D")

    with pytest.raises(SigningKeyError, match="LICENSE_SIGNING_KEY_FILE") as caught:
        Signer(damaged, "mintpost")

    assert "J1hs" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_signer_shows_its_key_id_only(signer: Signer) -> None:
    assert repr(signer) == str(signer) == f"Signer(kid='{signer.kid}')"
