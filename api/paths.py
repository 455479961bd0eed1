"""Reads a request's path. A sender with a mistyped address may put a secret into the path."""

import re
from urllib.parse import unquote

MOST_ROUNDS = 6
"""Percent signs may themselves be percent-encoded, up to this often."""

LONGEST_PATH = 2048
END_OF_PATH = re.compile(r"[?&;=#@:,\s\\]")
PLAIN_WORD = re.compile(r"[A-Za-z0-9._-]{1,15}")
"""Shorter than any allowed secret."""

REST = "/..."
PATHS_OF_APPS = frozenset(
    {"/v1/validate", "/v1/activate", "/v1/deactivate", "/v1/revocations", "/v1/keys"}
)
OWN_PATHS = PATHS_OF_APPS | {"/healthz", "/readyz", "/.well-known/jwks.json"}

DIALECTS = frozenset({"gumroad", "keygen", "lemonsqueezy", "polar"})
"""First words of the paths that other vendors' apps ask."""

WORDS_OF_DIALECTS = frozenset(
    [
        "accounts",
        "actions",
        "activate",
        "api",
        "check-out",
        "customer-portal",
        "deactivate",
        "entitlements",
        "license-keys",
        "licenses",
        "machines",
        "me",
        "ping",
        "v1",
        "v2",
        "validate",
        "validate-key",
        "verify",
    ]
)
"""Any other word of such a path may be a key, or the name of a device."""


def bare_path(path: str) -> str:
    """Decode the path until nothing changes, and cut it at a query or the like."""
    path = path[:LONGEST_PATH]
    for _ in range(MOST_ROUNDS):
        path = END_OF_PATH.split(path, maxsplit=1)[0]
        decoded = unquote(path)
        if decoded == path:
            return path
        path = decoded
    return ""


def is_of_apps(path: str) -> bool:
    """Tell whether apps ask here, whose users' addresses no log may keep."""
    bare = bare_path(path)
    return bare in PATHS_OF_APPS or not DIALECTS.isdisjoint(_words(bare)[:1])


def loggable(path: str, sources: frozenset[str]) -> str:
    """Return a path without secrets: our own words, or one short word of another path."""
    bare = bare_path(path)
    if bare in OWN_PATHS:
        return bare
    words = _words(bare)
    if words[:1] == ["webhooks"]:
        known = ["webhooks", *(word for word in words[1:2] if word in sources)]
        rest = REST if words[len(known) :] else "/" if bare.endswith("/") else ""
        return f"/{'/'.join(known)}{rest}"
    if not DIALECTS.isdisjoint(words[:1]):
        shown = [word if word in WORDS_OF_DIALECTS else "..." for word in words[1:]]
        return f"/{'/'.join([words[0], *shown])}"
    # Only if nothing was cut: of a secret with "=" or a comma, the rest could be most of the
    # secret.
    if path == "/" + "".join(words) and PLAIN_WORD.fullmatch(path[1:]):
        return path
    return REST if words else "/"


def _words(bare: str) -> list[str]:
    return [word for word in bare.split("/") if word]
