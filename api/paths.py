"""Reads a request's path, where a secret may stand because the sender mistyped the address."""

import re
from urllib.parse import unquote

MOST_ROUNDS = 6
"""How often a percent sign may itself be percent-encoded."""

LONGEST_PATH = 2048
END_OF_PATH = re.compile(r"[?&;=#@:,\s\\]")
PLAIN_WORD = re.compile(r"[A-Za-z0-9._-]{1,15}")
"""Shorter than any secret may be."""

REST = "/..."
OWN_PATHS = frozenset({"/healthz", "/readyz", "/.well-known/jwks.json"})


def bare_path(path: str) -> str:
    """Decode the path to its end, and cut it where a query or the like begins."""
    path = path[:LONGEST_PATH]
    for _ in range(MOST_ROUNDS):
        path = END_OF_PATH.split(path, maxsplit=1)[0]
        decoded = unquote(path)
        if decoded == path:
            return path
        path = decoded
    return ""


def loggable(path: str, sources: frozenset[str]) -> str:
    """Return the part of the path that can hold no secret: our own words, or one short other."""
    bare = bare_path(path)
    if bare in OWN_PATHS:
        return bare
    words = [word for word in bare.split("/") if word]
    if words[:1] == ["webhooks"]:
        known = ["webhooks", *(word for word in words[1:2] if word in sources)]
        rest = REST if words[len(known) :] else "/" if bare.endswith("/") else ""
        return f"/{'/'.join(known)}{rest}"
    # Of a secret with a = or a comma, what was cut off is the smaller part.
    if path == "/" + "".join(words) and PLAIN_WORD.fullmatch(path[1:]):
        return path
    return REST if words else "/"
