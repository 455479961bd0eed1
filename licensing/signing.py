"""Signs licenses and lists with the license key. The worker alone has it."""

import jwt
from typing_extensions import override

from domain.license import License
from licensing.answer_keys import AnswerKeys
from licensing.private_keys import PrivateKeyError, load_private_key, public_key_of
from licensing.revocations import Revocations
from licensing.signed_lists import GOOD_FOR
from licensing.tokens import ALGORITHM, TokenType


class SigningKeyError(Exception):
    """The PEM is no usable signing key. `what` ends the sentence, and quotes nothing of the key."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the license signing key (LICENSE_SIGNING_KEY or LICENSE_SIGNING_KEY_FILE) {what}: "
            "an Ed25519 private key as unencrypted PEM is needed, as `mintpost keys generate` "
            "makes it"
        )


class Signer:
    """Turns licenses and revocation lists into tokens.

    Raises SigningKeyError if the PEM is no usable key.
    """

    def __init__(self, pem: str | bytes, issuer: str) -> None:
        written = pem if isinstance(pem, bytes) else pem.encode(errors="replace")
        try:
            self._private_key = load_private_key(written)
        except PrivateKeyError as error:
            raise SigningKeyError(error.what) from None
        self.issuer = issuer
        self.public_key = public_key_of(self._private_key)

    @property
    def kid(self) -> str:
        return self.public_key.kid

    @override
    def __repr__(self) -> str:
        return f"Signer(kid={self.kid!r})"

    def sign(self, license_: License) -> str:
        """Return the token. The same license gives the same token, without personal data."""
        claims: dict[str, object] = {
            "iss": self.issuer,
            "jti": license_.token_id or str(license_.id),
            "iat": license_.issued_at,
            "tier": license_.tier,
            "product": license_.product_id,
            "seats": license_.seats,
            "test": license_.test,
            "key": license_.key,
        }
        if license_.good_until is not None:
            claims["exp"] = license_.good_until
        return self._encode(TokenType.LICENSE, claims)

    def sign_revocations(self, content: Revocations) -> str:
        return self._sign_list(TokenType.REVOCATIONS, content, {"revoked": content.revoked})

    def sign_answer_keys(self, content: AnswerKeys) -> str:
        entries = [key.jwk() for key in content.keys]
        return self._sign_list(TokenType.ANSWER_KEYS, content, {"keys": entries})

    def _sign_list(
        self, type_: TokenType, content: Revocations | AnswerKeys, entries: dict[str, object]
    ) -> str:
        """Return a list.

        It has neither `jti` nor `key`. Apps in the field know no `typ`, but demand these two of a
        license, so no app takes the list for one.
        """
        claims: dict[str, object] = {
            "iss": self.issuer,
            "iat": content.signed_at,
            "exp": content.signed_at + GOOD_FOR,
            "seq": content.seq,
        }
        return self._encode(type_, {**claims, **entries})

    def _encode(self, type_: TokenType, claims: dict[str, object]) -> str:
        headers = {"kid": self.kid, "typ": type_.value}
        return jwt.encode(claims, self._private_key, ALGORITHM, headers=headers)
