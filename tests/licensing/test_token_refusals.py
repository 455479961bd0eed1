import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import jwt
import pytest
from hypothesis import example, given, strategies as st

from domain.license import License
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from licensing.tokens import PublicKey, TokenInvalidError, verify_token

NOW = datetime(2026, 6, 1, tzinfo=UTC)
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
KEYS = [PublicKey(KID, X)]
CLAIMS: dict[str, object] = {
    "iss": "mintpost",
    "jti": "17",
    "iat": 1,
    "exp": 2,
    "tier": "pro",
    "product": "p",
    "seats": 5,
    "test": False,
    "key": "k",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _unsigned(header: object, signature: str = "") -> str:
    return ".".join(
        [*(_encoded(json.dumps(part).encode()) for part in (header, CLAIMS)), signature]
    )


def _signed(claims: Mapping[str, object], pem: str) -> str:
    return jwt.encode(dict(claims), pem, "EdDSA", headers={"kid": KID})


def _complaint(token: str) -> str:
    with pytest.raises(TokenInvalidError) as caught:
        verify_token(token, KEYS, NOW)
    return str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "..", "a.b", "a.b.c.d", "KEY4-4EYT-PWQD-79XH-3MRA-CJGF-9VNN", "ä.b.c", "\ud800"]
)
def test_a_text_without_three_parts_is_no_token(text: str) -> None:
    assert "three parts" in _complaint(text)


@pytest.mark.parametrize(
    "header", ["[]", "null", "7", "{", '{"alg": "EdDSA", "kid": 7}', "[" * 9999]
)
def test_a_header_that_is_none_cannot_be_decoded(header: str) -> None:
    assert "cannot be decoded" in _complaint(f"{_encoded(header.encode())}.e30.")


def test_a_token_that_was_cut_off_is_refused(signer: Signer, license_: License) -> None:
    token = signer.sign(license_)

    for length in range(len(token)):
        assert _complaint(token[:length])


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES256", "Ed448", None])
def test_an_algorithm_that_the_token_chooses_is_refused(algorithm: str | None) -> None:
    assert "signed with EdDSA" in _complaint(_unsigned({"alg": algorithm, "kid": KID}))


def test_the_public_key_as_a_shared_secret_is_refused() -> None:
    forged = jwt.encode(CLAIMS, X, "HS256", headers={"kid": KID})

    assert "signed with EdDSA" in _complaint(forged)


@pytest.mark.parametrize("header", [{"alg": "EdDSA"}, {"alg": "EdDSA", "kid": "\x1b[2J" * 99}])
def test_an_unknown_key_id_is_told_briefly_and_printably(header: dict[str, str]) -> None:
    complaint = _complaint(_unsigned(header))

    assert "not known here" in complaint
    assert complaint.isprintable()
    assert len(complaint) < 200


def test_a_token_of_a_foreign_key_is_told_by_its_key_id(license_: License) -> None:
    foreign = Signer(generate_private_key(), "mintpost")

    assert foreign.kid in _complaint(foreign.sign(license_))


def test_a_foreign_key_under_a_known_key_id_does_not_fit() -> None:
    forged = _signed(CLAIMS, generate_private_key())

    assert "signature does not fit" in _complaint(forged)


def test_a_changed_claim_breaks_the_signature(signer: Signer, license_: License) -> None:
    header, _, signature = signer.sign(license_).split(".")
    changed = _encoded(json.dumps({**CLAIMS, "seats": 500}).encode())

    assert "signature does not fit" in _complaint(f"{header}.{changed}.{signature}")


def test_an_unsigned_token_that_names_the_right_algorithm_does_not_fit() -> None:
    assert "signature does not fit" in _complaint(_unsigned({"alg": "EdDSA", "kid": KID}))


@pytest.mark.parametrize("name", sorted(CLAIMS.keys() - {"exp"}))
def test_a_missing_claim_is_named(name: str, pem: str) -> None:
    claims = {claim: value for claim, value in CLAIMS.items() if claim != name}

    assert f'"{name}" is missing' in _complaint(_signed(claims, pem))


@pytest.mark.parametrize(
    ("name", "value"), [("seats", True), ("test", 0), ("exp", None), ("iat", "now"), ("tier", [])]
)
def test_a_claim_of_another_type_is_named(name: str, value: object, pem: str) -> None:
    assert f'"{name}" is missing or of another type' in _complaint(
        _signed({**CLAIMS, name: value}, pem)
    )


@pytest.mark.parametrize(("name", "value"), [("exp", 10**30), ("iat", -(10**15))])
def test_a_number_out_of_range_is_refused(name: str, value: object, pem: str) -> None:
    assert "out of range" in _complaint(_signed({**CLAIMS, name: value}, pem))


def test_a_signed_token_for_another_purpose_holds_no_license(pem: str) -> None:
    assert "is not a license token" in _complaint(_signed({**CLAIMS, "aud": "another app"}, pem))


@given(st.text(st.characters(exclude_categories=())) | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]*"))
@example("A" * 1_000_000)
@example("a.b." + "A" * 1_000_000)
def test_any_text_gets_a_verdict(text: str) -> None:
    assert _complaint(text).isprintable()


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), json_values))
@example({"alg": "EdDSA", "kid": KID, "b64": False, "crit": ["b64"]})
@example({"alg": "EdDSA", "kid": KID, "crit": ["exp"]})
def test_any_header_gets_a_verdict(header: dict[str, object]) -> None:
    assert _complaint(_unsigned(header, "AAAA")).isprintable()
