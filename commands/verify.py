"""`mintpost verify`: what a license key or a token is worth."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.text import Text

from commands.problems import CommandError
from commands.tables import cell, moment
from db.engine import Database
from db.listing import LicenseLine, find_license
from db.migrating import WrongMigrationError
from db.signing_keys import known_keys
from domain.errors import DatabaseAwayError
from licensing.keys import parse_key
from licensing.tokens import PublicKey, verify_token

Databases = Callable[[], AbstractContextManager[Database]]

TOKEN_DOTS = 2


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
    with databases() as database:
        known = await database.read(known_keys)
    verified = verify_token(token, [PublicKey(key.kid, key.x) for key in known], now)
    facts = {
        "signed by": verified.kid,
        "issuer": verified.issuer,
        "license": str(verified.license_id),
        "key": verified.key,
        "product": f"{verified.product_id}, {verified.tier}",
        "seats": str(verified.seats),
        "test": "yes" if verified.test else "no",
        "issued": moment(verified.issued_at),
        "expires": _end(verified.expires_at),
    }
    state = "holds" if verified.holds else "has expired"
    return Verdict(f"a genuine token that {state}", verified.holds, facts)


async def _verify_key(key: str, databases: Databases, now: datetime) -> Verdict:
    try:
        with databases() as database:
            found = await database.read(find_license, key)
    except (CommandError, DatabaseAwayError, WrongMigrationError) as error:
        return Verdict("well formed", holds=True, facts={"key": key, "database": str(error)})
    if found is None:
        return Verdict("well formed, and no license here has it", holds=False, facts={"key": key})
    holds = found.status == "active" and (found.expires_at is None or found.expires_at > now)
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
