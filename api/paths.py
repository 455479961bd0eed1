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
OWN_PATHS = frozenset({"/healthz", "/readyz", "/.well-known/jwks.json", "/v1/revocations"})


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


def loggable(path: str, sources: frozenset[str]) -> str:
    """Return a path without secrets: our own words, or one short word of another path."""
    bare = bare_path(path)
    if bare in OWN_PATHS:
        return bare
    words = [word for word in bare.split("/") if word]
    if words[:1] == ["webhooks"]:
        known = ["webhooks", *(word for word in words[1:2] if word in sources)]
        rest = REST if words[len(known) :] else "/" if bare.endswith("/") else ""
        return f"/{'/'.join(known)}{rest}"
    # Only if nothing was cut: of a secret with "=" or a comma, the rest could be most of the
    # secret.
    if path == "/" + "".join(words) and PLAIN_WORD.fullmatch(path[1:]):
        return path
    return REST if words else "/"
