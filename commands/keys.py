"""`mintpost keys`: the keys that sign licenses, lists and answers."""

import sys
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.text import Text

from commands.tables import cell, console, print_json
from db.engine import Database
from kit.times import moment
from operations.keys import SigningKey, Use, revoke, signing_key, signing_keys

HEADINGS = {
    Use.LICENSE: "license keys: the worker signs licenses and lists; apps are built with these",
    Use.ANSWER: "answer keys: the API signs its answers to apps; /v1/keys lists them, and only an "
    "app that asks Keygen is built with one",
}

QUESTIONS = {
    Use.LICENSE: "Every license that {kid} signed will count as forged, for ever. Revoke it?",
    Use.ANSWER: "{kid} signs answers to apps, and no licenses. Apps believe its answers for a week "
    "at most, and the API makes itself a new key at once. An app that asks Keygen believes no "
    "other key, and needs a new version. Withdraw it for ever?",
}

DONE = {
    Use.LICENSE: "/.well-known/jwks.json serves it no more, caches do for five minutes; no worker "
    "signs with it: give each another key, and start it again",
    Use.ANSWER: "the worker signs a list without it, which /v1/keys serves; an API that uses it "
    "makes itself a new key within seconds; a file with it that the API cannot replace "
    "(ANSWER_SIGNING_KEY_FILE) is yours to replace",
}

SINCE = {Use.LICENSE: "revoked since", Use.ANSWER: "withdrawn since"}


def print_keys(database: Database, *, as_json: bool) -> None:
    """Print every public key: first those of licenses, then those of answers."""
    keys = signing_keys(database)
    if as_json:
        print_json([asdict(key) for key in keys])
    elif not keys:
        console().print("no keys: the worker writes its own when it starts", style="dim")
    for use in () if as_json else Use:
        _print([key for key in keys if key.use is use], HEADINGS[use])


def run_revoke(database: Database, kid: str, reason: str | None, *, yes: bool) -> None:
    """Revoke the key after a person agrees, and print the time of the revocation."""
    key = signing_key(database, kid)
    if key.revoked_at is None:
        _ask(key, yes=yes)
        key = revoke(database, kid, reason)
    _say(key)


def _ask(key: SigningKey, *, yes: bool) -> None:
    if not yes and sys.stdin.isatty():
        typer.confirm(QUESTIONS[key.use].format(kid=key.kid), abort=True)


def _say(key: SigningKey) -> None:
    out = console()
    out.print(Text(f"{key.kid} is {SINCE[key.use]} {_when(key)}"), soft_wrap=True)
    out.print(f"  {DONE[key.use]}", highlight=False, soft_wrap=True)


def _print(keys: Sequence[SigningKey], heading: str) -> None:
    if keys:
        console().print(heading, style="dim", highlight=False, soft_wrap=True)
    for key in keys:
        _print_one(key)


def _print_one(key: SigningKey) -> None:
    out = console()
    revoked = Text("no") if key.revoked_at is None else Text(_when(key), style="bold red")
    seen = {} if key.seen_at is None else {"in use": key.seen_at}
    rows = {"kid": key.kid, "created": key.created_at, **seen, "hex": key.hex}
    for name, fact in rows.items():
        out.print(f"{name:<9}", cell(fact), highlight=False, soft_wrap=True)
    name = SINCE[key.use].removesuffix(" since")
    out.print(f"{name:<9}", revoked, highlight=False, soft_wrap=True)
    out.print(key.pem, highlight=False, soft_wrap=True)


def _when(key: SigningKey) -> str:
    when = "" if key.revoked_at is None else f"{moment(key.revoked_at)} UTC"
    return when if key.reason is None else str(cell(f"{when}: {key.reason}"))
