"""The license verifiers of docs/apps refuse all that a stolen answer key can sign."""

from datetime import timedelta

import jwt
import pytest

from licensing.answers import Answer, AnswerSigner
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.docs.building import RefusedError
from tests.docs.conftest import KeySet, Reader
from tests.docs.test_snippets import LICENSE, NOW

PEM = generate_private_key()
THIEF = AnswerSigner(PEM.encode(), "mintpost")


@pytest.mark.parametrize("type_", ["JWT", "answer+jwt", None])
def test_a_license_of_an_answer_key_is_refused(
    read: Reader, signer: Signer, keys: KeySet, type_: str | None
) -> None:
    claims = jwt.decode(signer.sign(LICENSE), options={"verify_signature": False})
    for kid in (THIEF.public_key.kid, signer.kid):
        headers = {"kid": kid, "typ": type_}
        with pytest.raises(RefusedError):
            read(jwt.encode(claims, PEM, "EdDSA", headers), keys)


def test_an_answer_is_no_license(read: Reader, keys: KeySet) -> None:
    with pytest.raises(RefusedError):
        read(THIEF.sign(Answer("VALID", NOW, NOW + timedelta(days=14))), keys)
