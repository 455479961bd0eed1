"""The code of docs/apps believes each key only what the key may sign."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import jwt
import pytest

from licensing.answer_keys import AnswerKeys
from licensing.answers import Answer, AnswerSigner, LicenseClaims
from licensing.private_keys import generate_private_key
from licensing.revocations import Revocations
from licensing.signing import Signer
from licensing.tokens import PublicKey, jwks
from tests.docs.building import App, RefusedError
from tests.docs.test_snippets import LICENSE, NOW

LICENSE_PEM, ANSWER_PEM = generate_private_key(), generate_private_key()
SIGNER = Signer(LICENSE_PEM, "mintpost")
ANSWERS = AnswerSigner(ANSWER_PEM.encode(), "mintpost")
KEYS = jwks([SIGNER.public_key])
DAY = timedelta(days=1)
ANSWER = Answer(
    "VALID", NOW, NOW + 14 * DAY, "a device", None, LicenseClaims("12", "product-1", "pro", 1)
)
CLAIMS = {"iss": "mintpost", "code": "VALID", "iat": NOW, "exp": NOW + DAY}
MINTED = {"iss": "mintpost", "jti": "12", "key": LICENSE.key}


def listed(*keys: PublicKey, seq: int = 1, at: datetime = NOW) -> str:
    return SIGNER.sign_answer_keys(AnswerKeys(seq, at, keys))


LISTED = listed(ANSWERS.public_key)


def forged(pem: str, kid: str, typ: str, claims: Mapping[str, object]) -> str:
    return jwt.encode({**claims}, pem, "EdDSA", {"kid": kid, "typ": typ})


def refuses(app: App, name: str, *given: object) -> bool:
    try:
        app(name, *given)
    except RefusedError:
        return True
    return False


def test_an_answer_is_believed_by_a_listed_key(app: App) -> None:
    told = app("read_answer", ANSWERS.sign(ANSWER), LISTED, KEYS)
    assert (told["code"], told["device"], told["sub"]) == ("VALID", "a device", "12")


def test_a_list_that_is_over_by_now_speaks_for_the_answers_of_its_time(app: App) -> None:
    old = replace(ANSWER, issued_at=NOW - 8 * DAY, expires_at=NOW + DAY)
    its_list = listed(ANSWERS.public_key, at=NOW - 9 * DAY)
    assert app("read_answer", ANSWERS.sign(old), its_list, KEYS)["code"] == "VALID"
    assert refuses(app, "read_answer", ANSWERS.sign(ANSWER), its_list, KEYS)


def test_a_thief_of_an_answer_key_mints_nothing_and_lists_nothing(app: App) -> None:
    thief = ANSWERS.public_key
    revocations = {"iss": "mintpost", "iat": NOW, "exp": NOW + DAY, "seq": 9, "revoked": []}
    keys = {"iss": "mintpost", "iat": NOW, "exp": NOW + DAY, "seq": 9, "keys": [thief.jwk()]}
    for kid in (thief.kid, SIGNER.kid):
        assert refuses(app, "read_license", forged(ANSWER_PEM, kid, "JWT", MINTED), KEYS)
        their_list = forged(ANSWER_PEM, kid, "revocations+jwt", revocations)
        assert refuses(app, "read_revocations", their_list, KEYS)
        their_keys = forged(ANSWER_PEM, kid, "keys+jwt", keys)
        assert refuses(app, "read_answer", ANSWERS.sign(ANSWER), their_keys, KEYS)


def test_a_withdrawn_key_is_believed_no_more(app: App) -> None:
    other = AnswerSigner(generate_private_key().encode(), "mintpost")
    after = listed(other.public_key, seq=2, at=NOW + timedelta(seconds=9))
    for kept, fetched in ((LISTED, after), (after, LISTED), (after, None), (None, after)):
        assert app("newest_keys", kept, fetched, KEYS) == after
    assert refuses(app, "read_answer", ANSWERS.sign(ANSWER), after, KEYS)


def test_a_list_after_a_backup_counts_by_its_time(app: App) -> None:
    restored = listed(ANSWERS.public_key, seq=1, at=NOW + DAY)
    assert app("newest_keys", listed(seq=9), restored, KEYS) == restored


def test_no_forger_gives_a_lease_for_ever(app: App) -> None:
    for days, is_refused in ((31, False), (32, True)):
        long = replace(ANSWER, expires_at=NOW + days * DAY)
        assert refuses(app, "read_answer", ANSWERS.sign(long), LISTED, KEYS) is is_refused


@pytest.mark.parametrize(
    "sign",
    [
        lambda: forged(LICENSE_PEM, SIGNER.kid, "answer+jwt", CLAIMS),
        lambda: forged(ANSWER_PEM, SIGNER.kid, "answer+jwt", CLAIMS),
        lambda: forged(ANSWER_PEM, ANSWERS.public_key.kid, "JWT", CLAIMS),
        lambda: forged(ANSWER_PEM, "", "answer+jwt", CLAIMS),
        lambda: jwt.encode(CLAIMS, "", "none", {"kid": ANSWERS.public_key.kid}),
        lambda: jwt.encode(
            CLAIMS,
            f"{ANSWERS.public_key.x:<64}",
            "HS256",
            {"kid": ANSWERS.public_key.kid, "typ": "answer+jwt"},
        ),
        lambda: forged(
            ANSWER_PEM, ANSWERS.public_key.kid, "answer+jwt", CLAIMS | {"iss": "another"}
        ),
        lambda: SIGNER.sign(LICENSE),
        lambda: SIGNER.sign_revocations(Revocations(1, NOW, ())),
        lambda: LISTED,
        lambda: "",
    ],
    ids=[
        "a license key's",
        "a license key's kid",
        "another typ",
        "no kid",
        "alg none",
        "alg HS256",
        "another issuer",
        "a license",
        "a revocation list",
        "the list itself",
        "nothing",
    ],
)
def test_no_other_text_is_an_answer(app: App, sign: Callable[[], str]) -> None:
    assert refuses(app, "read_answer", sign(), LISTED, KEYS)


def test_an_answer_is_no_license_and_no_list(app: App) -> None:
    everything = jwks([SIGNER.public_key, ANSWERS.public_key])
    for name in ("read_license", "read_revocations"):
        assert refuses(app, name, ANSWERS.sign(ANSWER), everything)
    assert refuses(app, "read_answer", ANSWERS.sign(ANSWER), SIGNER.sign(LICENSE), KEYS)
    assert refuses(app, "read_license", LISTED, KEYS)
