"""`mintpost keys`: the keys that sign licenses."""

import sys

import typer
from rich.text import Text

from commands.tables import cell, console, moment, print_json
from db.engine import Database
from db.signing_keys import KeyLine, all_keys, find_key, revoke_key
from kit.clock import utc_now
from kit.refusals import RefusedError
from licensing.tokens import PublicKey


def print_keys(database: Database, *, as_json: bool) -> None:
    """Print every public key, newest first."""
    keys = database.read_here(all_keys)
    if as_json:
        print_json([_told(key) for key in keys])
    elif not keys:
        console().print("no keys: the worker writes its own when it starts", style="dim")
    for key in () if as_json else keys:
        _print(key)


def run_revoke(database: Database, kid: str, reason: str | None, *, yes: bool) -> None:
    """Revoke the key once a person agrees, and print since when it is revoked."""
    known = database.read_here(find_key, kid)
    if known is None:
        raise RefusedError(f"no signing key here has the kid {kid}: `mintpost keys list`")
    if known.revoked_at is None:
        _ask(kid, yes=yes)
        database.write_here(revoke_key, kid, reason, utc_now())
    _say(database.read_here(find_key, kid) or known)


def _ask(kid: str, *, yes: bool) -> None:
    question = f"Every license that {kid} signed will count as forged, for ever. Revoke it?"
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True)


def _say(key: KeyLine) -> None:
    out = console()
    out.print(Text(f"{key.kid} is revoked since {_when(key)}"), soft_wrap=True)
    out.print(
        "  /.well-known/jwks.json serves it no more, caches do for five minutes; no worker signs "
        "with it: give each another key, and start it again",
        highlight=False,
        soft_wrap=True,
    )


def _print(key: KeyLine) -> None:
    out, told = console(), _told(key)
    revoked = Text("no") if key.revoked_at is None else Text(_when(key), style="bold red")
    rows = {"kid": key.kid, "created": key.created_at, "hex": told["hex"]}
    for name, fact in rows.items():
        out.print(f"{name:<8}", cell(fact), highlight=False, soft_wrap=True)
    out.print(f"{'revoked':<8}", revoked, highlight=False, soft_wrap=True)
    out.print(str(told["pem"]), highlight=False, soft_wrap=True)


def _when(key: KeyLine) -> str:
    when = "" if key.revoked_at is None else f"{moment(key.revoked_at)} UTC"
    return when if key.reason is None else str(cell(f"{when}: {key.reason}"))


def _told(key: KeyLine) -> dict[str, object]:
    public = PublicKey(key.kid, key.x)
    return {
        "kid": key.kid,
        "hex": public.hex(),
        "pem": public.pem(),
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
        "reason": key.reason,
    }
