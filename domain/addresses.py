"""E-mail addresses: one address has several spellings, and a shop may tell none."""

import unicodedata

A_LABEL = "xn--"


def same_address(one: str, other: str) -> bool:
    """Compare two addresses without case, and an A-label of a domain as its Unicode text.

    A mail server may distinguish upper and lower case, but none in common use does. So a charge
    with another spelling must not take the license from its holder.
    """
    return _folded(one) == _folded(other)


def person(name: str, address: str | None) -> str:
    """Return a name with its address, for a line on a terminal."""
    return f"{name} <{address}>" if address else f"{name} (no address)".lstrip()


def _folded(address: str) -> tuple[str, str]:
    local, _, domain = _plain(address).rpartition("@")
    return local, ".".join(_unicode_label(label) for label in domain.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith(A_LABEL):
        return label
    try:
        return _plain(label.removeprefix(A_LABEL).encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).lower()
