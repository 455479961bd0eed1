"""The keys of an entry that concern the questions of apps, and the type of each value."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from catalog.texts import OUR_RULE, Text, printable
from domain.online_terms import (
    DEFAULT_LEASE_DAYS,
    DEFAULT_RELEASE_AFTER,
    KeygenIds,
    LemonSqueezyIds,
    OnlineTerms,
    PolarIds,
)

LONGEST_ACCOUNT = 100
MOST_OF_A_NUMBER = 2**53
"""JavaScript reads whole numbers up to here exactly."""

LEAST = {"lease_days": 0, "release_after": 0}
MOST = {"devices": 1_000_000, "lease_days": 365, "release_after": 365}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _uuid(text: str) -> str:
    if not UUID.fullmatch(text):
        raise PydanticCustomError(
            OUR_RULE, "must be a UUID, such as 3f1c1b0e-9f57-4a37-8f0a-0c2c5b0e7a11"
        )
    return text.lower()


def _account(text: str) -> str:
    if len(text) > LONGEST_ACCOUNT:
        raise PydanticCustomError(OUR_RULE, f"is too long: at most {LONGEST_ACCOUNT} characters")
    if "/" in text:
        raise PydanticCustomError(OUR_RULE, "has a slash in it: it is one part of an address")
    return text.lower() if UUID.fullmatch(text) else text


Number = Annotated[int, Field(ge=1, le=MOST_OF_A_NUMBER)]
Uuid = Annotated[str, AfterValidator(_uuid)]
Account = Annotated[Text, AfterValidator(printable), AfterValidator(_account)]


class _Keys(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class LemonSqueezyKeys(_Keys):
    store: Number
    product: Number
    variant: Number

    def ids(self) -> LemonSqueezyIds:
        return LemonSqueezyIds(self.store, self.product, self.variant)


class PolarKeys(_Keys):
    organization: Uuid
    benefit: Uuid | None = None

    def ids(self) -> PolarIds:
        return PolarIds(self.organization, self.benefit)


class KeygenKeys(_Keys):
    account: Account
    product: Uuid

    def ids(self) -> KeygenIds:
        return KeygenIds(self.account, self.product)


class DialectKeys(_Keys):
    """The ids that the apps of other vendors compare."""

    lemonsqueezy: LemonSqueezyKeys | None = None
    polar: PolarKeys | None = None
    keygen: KeygenKeys | None = None


class OnlineKeys(_Keys):
    devices: Annotated[int, Field(ge=1, le=MOST["devices"])] | None = None
    lease_days: Annotated[int, Field(ge=LEAST["lease_days"], le=MOST["lease_days"])] = (
        DEFAULT_LEASE_DAYS
    )
    release_after: Annotated[int, Field(ge=LEAST["release_after"], le=MOST["release_after"])] = (
        DEFAULT_RELEASE_AFTER
    )
    answer_email: bool = False
    dialects: DialectKeys | None = None

    def online_terms(self) -> OnlineTerms:
        named = self.dialects or DialectKeys()
        return OnlineTerms(
            devices=self.devices,
            lease_days=self.lease_days,
            release_after=self.release_after,
            answer_email=self.answer_email,
            lemonsqueezy=None if named.lemonsqueezy is None else named.lemonsqueezy.ids(),
            polar=None if named.polar is None else named.polar.ids(),
            keygen=None if named.keygen is None else named.keygen.ids(),
        )


KEYS_INSIDE = {
    ("dialects",): tuple(DialectKeys.model_fields),
    ("dialects", "lemonsqueezy"): tuple(LemonSqueezyKeys.model_fields),
    ("dialects", "polar"): tuple(PolarKeys.model_fields),
    ("dialects", "keygen"): tuple(KeygenKeys.model_fields),
}
"""The names that may stand inside of a key."""
