"""`mintpost verify` of answers to apps and of lists of answer keys."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from db.answer_keys import use_answer_key, withdraw_answer_key
from db.engine import Database
from db.signing_keys import KnownKey, remember_key, revoke_key
from licensing.answer_keys import AnswerKeys
from licensing.answers import Answer, AnswerSigner, LicenseClaims
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.support.commanding import Run

NOW = datetime.now(UTC).replace(microsecond=0)
PEM = generate_private_key()
ANSWERS = AnswerSigner(PEM.encode(), "mintpost")
ANSWER = Answer(
    "VALID", NOW, NOW + timedelta(days=14), "device-1", None, LicenseClaims("jti-1", "p", "pro", 3)
)
LIST = AnswerKeys(4, NOW, (ANSWERS.public_key,))

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def known(clean: pytest.MonkeyPatch, database: Database, signer: Signer) -> None:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    database.write_here(remember_key, KnownKey(signer.kid, signer.public_key.x), NOW)
    key = ANSWERS.public_key
    database.write_here(use_answer_key, KnownKey(key.kid, key.x), NOW)


def test_an_answer_tells_its_signer_and_its_code(mint: Run) -> None:
    answer = mint("verify", ANSWERS.sign(ANSWER))
    assert answer.code == 0
    first, *facts = answer.out.splitlines()
    assert first == "a genuine answer to an app that holds; it is no license"
    told = {line[2:12].strip(): line[12:].strip() for line in facts}
    assert told["signed by"] == f"{ANSWERS.public_key.kid}, an answer key"
    assert (told["code"], told["license"], told["product"]) == ("VALID", "jti-1", "p, pro")
    assert (told["seats"], told["device"]) == ("3", "device-1")


def test_an_answer_that_is_over_holds_no_more(mint: Run) -> None:
    old = ANSWERS.sign(Answer("VALID", NOW - timedelta(days=15), NOW - timedelta(days=1)))
    answer = mint("verify", old)
    assert (answer.code, "that has expired" in answer.out) == (1, True)


def test_an_answer_of_a_withdrawn_or_a_foreign_key_is_not_genuine(
    database: Database, mint: Run
) -> None:
    foreign = AnswerSigner(generate_private_key().encode(), "mintpost").sign(ANSWER)
    assert "not known here" in mint("verify", foreign).err
    database.write_here(withdraw_answer_key, ANSWERS.public_key.kid, "stolen", NOW)
    answer = mint("verify", ANSWERS.sign(ANSWER))
    said = f"the key that signed it was withdrawn on {NOW:%Y-%m-%d} (stolen)"
    assert answer.out.splitlines()[0] == f"not a genuine answer: {said}"
    assert answer.code == 1


def test_a_list_of_keys_tells_its_number_and_its_keys(signer: Signer, mint: Run) -> None:
    answer = mint("verify", signer.sign_answer_keys(LIST))
    assert answer.code == 0
    assert answer.out.startswith("a genuine list of answer keys that holds; it is no license")
    for said in ("seq        4", ANSWERS.public_key.kid, signer.kid):
        assert said in answer.out


def test_a_list_of_keys_is_bound_to_its_time_and_its_signer(
    database: Database, signer: Signer, mint: Run
) -> None:
    old = AnswerKeys(4, NOW - timedelta(days=8), LIST.keys)
    assert "that has expired" in mint("verify", signer.sign_answer_keys(old)).out
    database.write_here(revoke_key, signer.kid, "lost", NOW)
    answer = mint("verify", signer.sign_answer_keys(LIST))
    assert answer.out.startswith("not a genuine list of answer keys: the key that signed it was")
    assert answer.code == 1


@pytest.mark.parametrize("type_", ["JWT", "revocations+jwt", "keys+jwt"])
def test_a_thief_of_an_answer_key_signs_nothing_else(signer: Signer, mint: Run, type_: str) -> None:
    claims = {"iss": "mintpost", "jti": "1", "key": "K", "iat": 1, "seq": 1, "keys": []}
    for kid in (ANSWERS.public_key.kid, signer.kid):
        forged = jwt.encode(claims, PEM, "EdDSA", {"kid": kid, "typ": type_})
        answer = mint("verify", forged)
        assert (answer.code, answer.out) == (1, "")


def test_the_license_key_signs_no_answer(signer: Signer, mint: Run) -> None:
    claims = jwt.decode(ANSWERS.sign(ANSWER), options={"verify_signature": False})
    forged = jwt.encode(
        claims,
        signer._private_key,  # noqa: SLF001 - a worker that was changed
        "EdDSA",
        {"kid": signer.kid, "typ": "answer+jwt"},
    )
    answer = mint("verify", forged)
    assert (answer.code, "not known here" in answer.err) == (1, True)
