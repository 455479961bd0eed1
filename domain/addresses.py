"""Which two spellings are one e-mail address."""

import unicodedata

A_LABEL = "xn--"


def same_address(one: str, other: str) -> bool:
    """Compare without case, and a domain's A-labels as what they stand for.

    A mailbox's own server may tell case apart, and none that people use does: a charge that
    spells an address otherwise is no reason to take the license from its holder.
    """
    return _folded(one) == _folded(other)


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
