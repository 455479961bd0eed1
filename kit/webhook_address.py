"""Compares the address of a webhook, as a provider has it, with our own."""

from urllib.parse import urlsplit, urlunsplit


def points_at(url: str, path: str, public: str | None) -> bool:
    """Tell whether the address is our webhook's: of any host, if our own is not known.

    A secret in the address, as a password or a parameter, does not matter.
    """
    try:
        there, ours = urlsplit(url), urlsplit(f"{public or ''}{path}")
        is_host = public is None or (there.hostname, there.port) == (ours.hostname, ours.port)
    except ValueError:
        return False
    return is_host and (there.path.endswith(path) if public is None else there.path == ours.path)


def shown(url: str) -> str:
    """Return an address for a sentence: without the name and password in it, and its query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
