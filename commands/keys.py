"""`mintpost keys`: the keys that sign licenses."""

import sys
from dataclasses import asdict

import typer
from rich.text import Text

from commands.tables import cell, console, print_json
from db.engine import Database
from kit.times import moment
from operations.keys import SigningKey, revoke, signing_key, signing_keys


def print_keys(database: Database, *, as_json: bool) -> None:
    """Print every public key, newest first."""
    keys = signing_keys(database)
    if as_json:
        print_json([asdict(key) for key in keys])
    elif not keys:
        console().print("no keys: the worker writes its own when it starts", style="dim")
    for key in () if as_json else keys:
        _print(key)


def run_revoke(database: Database, kid: str, reason: str | None, *, yes: bool) -> None:
    """Revoke the key after a person agrees, and print the time of the revocation."""
    key = signing_key(database, kid)
    if key.revoked_at is None:
        _ask(kid, yes=yes)
        key = revoke(database, kid, reason)
    _say(key)


def _ask(kid: str, *, yes: bool) -> None:
    question = f"Every license that {kid} signed will count as forged, for ever. Revoke it?"
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True)


def _say(key: SigningKey) -> None:
    out = console()
    out.print(Text(f"{key.kid} is revoked since {_when(key)}"), soft_wrap=True)
    out.print(
        "  /.well-known/jwks.json serves it no more, caches do for five minutes; no worker signs "
        "with it: give each another key, and start it again",
        highlight=False,
        soft_wrap=True,
    )


def _print(key: SigningKey) -> None:
    out = console()
    revoked = Text("no") if key.revoked_at is None else Text(_when(key), style="bold red")
    rows = {"kid": key.kid, "created": key.created_at, "hex": key.hex}
    for name, fact in rows.items():
        out.print(f"{name:<8}", cell(fact), highlight=False, soft_wrap=True)
    out.print(f"{'revoked':<8}", revoked, highlight=False, soft_wrap=True)
    out.print(key.pem, highlight=False, soft_wrap=True)


def _when(key: SigningKey) -> str:
    when = "" if key.revoked_at is None else f"{moment(key.revoked_at)} UTC"
    return when if key.reason is None else str(cell(f"{when}: {key.reason}"))
