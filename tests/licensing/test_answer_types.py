"""An answer key signs answers and nothing else, and a license key signs no answer."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from domain.license import License
from licensing.answer_keys import AnswerKeys, names_in_list, verify_answer_keys
from licensing.answers import Answer, AnswerSigner, LicenseClaims, verify_answer
from licensing.private_keys import generate_private_key
from licensing.revocations import Revocations, verify_revocations
from licensing.signing import Signer
from licensing.tokens import PublicKey, TokenInvalidError, TokenType, verify_token

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ANSWER_PEM, LICENSE_PEM = generate_private_key(), generate_private_key()
ANSWERS = AnswerSigner(ANSWER_PEM.encode(), "mintpost")
LICENSES = Signer(LICENSE_PEM, "mintpost")
ANSWER_KEYS, LICENSE_KEYS = [ANSWERS.public_key], [LICENSES.public_key]
ANSWER = Answer(
    "VALID", NOW, NOW + timedelta(days=14), "device-1", "n" * 16, LicenseClaims("jti", "p", "t", 3)
)
LICENSE = License(
    id=1,
    key="KEY",
    source="gumroad",
    order_id="order",
    product_id="p",
    product_name="P",
    tier="t",
    email="ada@example.com",
    name="Ada",
    seats=1,
    test=False,
    issued_at=NOW,
    expires_at=None,
    token_id="jti",
)
FORGED = {
    "iss": "mintpost",
    "jti": "jti",
    "iat": 1,
    "tier": "t",
    "product": "p",
    "seats": 1,
    "test": False,
    "key": "KEY",
}


def claims_of(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict[str, object], pem: str, kid: str, type_: TokenType) -> str:
    return jwt.encode(claims, pem, "EdDSA", {"kid": kid, "typ": type_.value})


def test_an_answer_is_read_as_it_was_given() -> None:
    verified = verify_answer(ANSWERS.sign(ANSWER), ANSWER_KEYS)
    assert verified.answer == ANSWER
    assert (verified.kid, verified.issuer) == (ANSWERS.public_key.kid, "mintpost")


def test_an_answer_of_nothing_is_read_as_it_was_given() -> None:
    nothing = Answer("UNKNOWN_KEY", NOW, NOW + timedelta(minutes=5))
    assert verify_answer(ANSWERS.sign(nothing), ANSWER_KEYS).answer == nothing


def test_a_list_of_keys_is_read_as_it_was_signed() -> None:
    content = AnswerKeys(3, NOW, (ANSWERS.public_key,))
    token = LICENSES.sign_answer_keys(content)
    verified = verify_answer_keys(token, LICENSE_KEYS)
    assert (verified.content, verified.kid) == (content, LICENSES.kid)
    assert names_in_list(token) == ("mintpost", frozenset({ANSWERS.public_key.kid}))
    assert names_in_list("no.token.") == ("", frozenset())


def test_no_token_but_a_license_has_both_jti_and_key() -> None:
    others = [
        ANSWERS.sign(ANSWER),
        LICENSES.sign_answer_keys(AnswerKeys(1, NOW, (ANSWERS.public_key,))),
        LICENSES.sign_revocations(Revocations(1, NOW, ())),
    ]
    assert [{"jti", "key"} & claims_of(each).keys() for each in others] == [set()] * len(others)
    assert {"jti", "key"} <= claims_of(LICENSES.sign(LICENSE)).keys()


Verify = Callable[[str], object]
AS_LICENSE: Verify = lambda token: verify_token(token, LICENSE_KEYS, NOW)  # noqa: E731 - a table
AS_ANSWER: Verify = lambda token: verify_answer(token, ANSWER_KEYS)  # noqa: E731 - a table
AS_KEYS: Verify = lambda token: verify_answer_keys(token, LICENSE_KEYS)  # noqa: E731 - a table
AS_LIST: Verify = lambda token: verify_revocations(token, LICENSE_KEYS)  # noqa: E731 - a table


@pytest.mark.parametrize("verify", [AS_LICENSE, AS_KEYS, AS_LIST])
@pytest.mark.parametrize("kid", [ANSWERS.public_key.kid, LICENSES.kid], ids=["answers", "licenses"])
@pytest.mark.parametrize("type_", list(TokenType))
def test_a_thief_of_an_answer_key_signs_neither_license_nor_list(
    verify: Verify, kid: str, type_: TokenType
) -> None:
    claims = {**FORGED, "exp": 2_000_000_000, "seq": 99, "keys": [], "revoked": []}
    with pytest.raises(TokenInvalidError):
        verify(signed(claims, ANSWER_PEM, kid, type_))


@pytest.mark.parametrize("kid", [ANSWERS.public_key.kid, LICENSES.kid], ids=["answers", "licenses"])
@pytest.mark.parametrize("type_", list(TokenType))
def test_a_license_key_signs_no_answer(kid: str, type_: TokenType) -> None:
    claims = claims_of(ANSWERS.sign(ANSWER))
    with pytest.raises(TokenInvalidError):
        AS_ANSWER(signed(claims, LICENSE_PEM, kid, type_))


@pytest.mark.parametrize(
    "type_", [TokenType.LICENSE, TokenType.REVOCATIONS, TokenType.ANSWER_KEYS, "other+jwt"]
)
def test_an_answer_key_signs_answers_by_their_type_alone(type_: str) -> None:
    claims = claims_of(ANSWERS.sign(ANSWER))
    headers = {"kid": ANSWERS.public_key.kid, "typ": type_}
    with pytest.raises(TokenInvalidError):
        AS_ANSWER(jwt.encode(claims, ANSWER_PEM, "EdDSA", headers))


@pytest.mark.parametrize("verify", [AS_LICENSE, AS_ANSWER, AS_KEYS, AS_LIST])
@pytest.mark.parametrize("type_", list(TokenType))
@pytest.mark.parametrize("public", [ANSWERS.public_key, LICENSES.public_key])
def test_no_signature_and_a_public_key_as_the_secret_are_refused(
    verify: Verify, type_: TokenType, public: PublicKey
) -> None:
    claims = {**FORGED, **claims_of(ANSWERS.sign(ANSWER)), "seq": 1, "keys": [], "revoked": []}
    headers = {"kid": public.kid, "typ": type_.value}
    for token in (
        jwt.encode(claims, "", "none", headers),
        jwt.encode(claims, public.hex(), "HS256", headers),
        jwt.encode(claims, public.pem().replace("PUBLIC", "PUBLIC KEY"), "HS256", headers),
    ):
        with pytest.raises(TokenInvalidError):
            verify(token)


@pytest.mark.parametrize(
    "odd",
    [
        {"code": 1},
        {"iat": "x"},
        {"iat": 1e300},
        {"exp": None},
        {"sub": 1},
        {"aud": ["p"]},
        {"seats": "3"},
        {"device": 1},
        {"nonce": {}},
    ],
    ids=str,
)
def test_claims_of_another_type_are_refused(odd: dict[str, object]) -> None:
    claims = claims_of(ANSWERS.sign(ANSWER)) | odd
    with pytest.raises(TokenInvalidError):
        AS_ANSWER(signed(claims, ANSWER_PEM, ANSWERS.public_key.kid, TokenType.ANSWER))


@pytest.mark.parametrize("odd", [None, "x", [1], [{}], [{"x": 5}], {"a": 1}], ids=str)
def test_keys_of_another_form_are_refused(odd: object) -> None:
    claims: dict[str, object] = {"iss": "mintpost", "iat": 1, "exp": 2, "seq": 1, "keys": odd}
    with pytest.raises(TokenInvalidError):
        AS_KEYS(signed(claims, LICENSE_PEM, LICENSES.kid, TokenType.ANSWER_KEYS))


def test_a_listed_key_has_the_name_of_its_own_bytes() -> None:
    lied = ANSWERS.public_key.jwk() | {"kid": LICENSES.kid}
    claims: dict[str, object] = {"iss": "m", "iat": 1, "exp": 2, "seq": 1, "keys": [lied]}
    token = signed(claims, LICENSE_PEM, LICENSES.kid, TokenType.ANSWER_KEYS)
    assert verify_answer_keys(token, LICENSE_KEYS).content.keys == (ANSWERS.public_key,)


def test_an_answer_with_a_changed_claim_is_refused() -> None:
    header, _, signature = ANSWERS.sign(ANSWER).split(".")
    claims = json.dumps(claims_of(ANSWERS.sign(ANSWER)) | {"seats": 99}).encode()
    body = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
    with pytest.raises(TokenInvalidError):
        AS_ANSWER(f"{header}.{body}.{signature}")


def test_a_replaced_key_signs_from_then_on() -> None:
    signer = AnswerSigner(generate_private_key().encode(), "mintpost")
    first = signer.public_key
    signer.replace_key(generate_private_key().encode())
    token = signer.sign(ANSWER)
    assert verify_answer(token, [signer.public_key]).answer == ANSWER
    with pytest.raises(TokenInvalidError):
        verify_answer(token, [first])
