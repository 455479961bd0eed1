"""`mintpost verify`: what a license key or a token is worth."""

from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.text import Text

from commands.database import Databases
from commands.tables import cell, day, moment
from db.migrating import WrongMigrationError
from db.signing_keys import KeyLine, all_keys
from db.views.lists import LicenseLine, find_license, find_license_of_token
from domain.errors import DatabaseAwayError
from domain.license import LicenseStatus
from kit.refusals import RefusedError
from licensing.keys import parse_key
from licensing.tokens import PublicKey, VerifiedToken, claimed_signer, verify_token

TOKEN_DOTS = 2
UNUSABLE = (RefusedError, DatabaseAwayError, WrongMigrationError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`facts` are what the thing says of itself, and what the database adds."""

    sentence: str
    holds: bool
    facts: dict[str, str] = field(default_factory=dict)


async def verify(text: str, databases: Databases, now: datetime) -> Verdict:
    """Judge a key or a token. Raises MistypedKeyError and TokenInvalidError."""
    if text.count(".") == TOKEN_DOTS:
        return await _verify_token(text, databases, now)
    return await _verify_key(parse_key(text), databases, now)


def print_verdict(verdict: Verdict, out: Console) -> bool:
    out.print(Text(verdict.sentence, style="green" if verdict.holds else "bold red"))
    for name, fact in verdict.facts.items():
        out.print(f"  {name:<10}", cell(fact), highlight=False, soft_wrap=True)
    return verdict.holds


async def _verify_token(token: str, databases: Databases, now: datetime) -> Verdict:
    claimed_signer(token)
    try:
        with databases() as database:
            known = await database.read(all_keys)
            verified = verify_token(token, [PublicKey(key.kid, key.x) for key in known], now)
            license_ = await database.read(find_license_of_token, verified.token_id)
    except UNUSABLE as error:
        return _unchecked(error)
    facts = _claims(verified)
    key = next(key for key in known if key.kid == verified.kid)
    if (why := _not_genuine(verified, key, license_)) is not None:
        return Verdict(f"not a genuine token: {why}", holds=False, facts=facts)
    if license_ is not None:
        facts["license"] = f"{license_.id}, {license_.status}"
    state = "holds" if verified.holds else "has expired"
    return Verdict(f"a genuine token that {state}", verified.holds, facts)


def _unchecked(error: Exception) -> Verdict:
    sentence = (
        "a token of which nothing was checked: its signature and its license are looked up in "
        "the database"
    )
    return Verdict(sentence, holds=False, facts={"database": str(error)})


def _not_genuine(verified: VerifiedToken, key: KeyLine, license_: LicenseLine | None) -> str | None:
    """Say what is wrong with a token whose signature fits: a thief of the key can sign, too."""
    if key.revoked_at is not None:
        because = "" if key.reason is None else f" ({key.reason})"
        return f"the key that signed it was revoked on {day(key.revoked_at)}{because}"
    if license_ is None:
        return "its license is not in this database"
    if license_.key != verified.key:
        return "its license has another key in this database"
    return None


def _claims(verified: VerifiedToken) -> dict[str, str]:
    return {
        "signed by": verified.kid,
        "issuer": verified.issuer,
        "jti": verified.token_id,
        "key": verified.key,
        "product": f"{verified.product_id}, {verified.tier}",
        "seats": str(verified.seats),
        "test": "yes" if verified.test else "no",
        "issued": moment(verified.issued_at),
        "expires": _end(verified.expires_at),
    }


async def _verify_key(key: str, databases: Databases, now: datetime) -> Verdict:
    try:
        with databases() as database:
            found = await database.read(find_license, key)
    except UNUSABLE as error:
        return Verdict("well formed", holds=True, facts={"key": key, "database": str(error)})
    if found is None:
        return Verdict("well formed, and no license here has it", holds=False, facts={"key": key})
    holds = found.status == LicenseStatus.ACTIVE and (
        found.expires_at is None or found.expires_at > now
    )
    state = "holds" if holds else "has ended"
    return Verdict(f"the key of a license that {state}", holds, _facts(found))


def _facts(found: LicenseLine) -> dict[str, str]:
    return {
        "key": found.key,
        "license": f"{found.id}, {found.status}",
        "order": f"{found.source}:{found.order_id}",
        "product": f"{found.product_id}, {found.tier}",
        "holder": f"{found.name} <{found.email}>",
        "seats": str(found.seats),
        "expires": _end(found.expires_at),
    }


def _end(expires_at: datetime | None) -> str:
    return "never" if expires_at is None else moment(expires_at)
