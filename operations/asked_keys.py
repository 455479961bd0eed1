"""Read the keys and device names that apps send."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from db.further_keys import problem_of_key
from domain.folding import fold_key
from domain.online import device_hash
from licensing.keys import MistypedKeyError, parse_key


@dataclass(frozen=True, slots=True)
class AskedKey:
    """A key without case, blanks and dashes. `is_ours`: it is a well-formed key of Mintpost.

    `spellings` are those in which a storefront may have written a key of its own.
    """

    folded: str
    is_ours: bool
    spellings: frozenset[str] = frozenset()


LONGEST_TYPED = 1000
"""In characters, with blanks and dashes. To fold thousands of accents stops all other answers."""


def asked_key(text: str) -> AskedKey:
    """Read a key as a person types it. Raises MistypedKeyError for a text that can be no key.

    Any other text may be a further key of a license, also if our own check finds it mistyped.
    """
    if len(text) > LONGEST_TYPED:
        raise MistypedKeyError(f"it is longer than {LONGEST_TYPED} characters")
    try:
        return AskedKey(parse_key(text).replace("-", ""), is_ours=True)
    except MistypedKeyError:
        if problem_of_key(text) is not None:
            raise
    bare = text.strip()
    return AskedKey(
        fold_key(text), is_ours=False, spellings=frozenset({bare, bare.upper(), bare.lower()})
    )


def released_hashes(license_id: int, device: str) -> Iterator[str]:
    """Yield the names under which the device may be kept: the app's own, and the public id."""
    yield device_hash(license_id, device)
    try:
        yield UUID(device).hex
    except ValueError:
        return
