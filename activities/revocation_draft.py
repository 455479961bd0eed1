"""The questions that the revocation list needs answered, each as one transaction."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from activities.list_signer import Newest
from db.revocations import (
    KeptList,
    NewList,
    keep_list,
    last_change,
    newest_list,
    status_changed,
    token_ids_not_active,
)
from db.signed_lists import token_of_list
from db.signing_keys import known_keys, require_not_revoked
from db.tables import RevocationListRow
from licensing.revocations import revocation_hash, signer_of_list, verify_revocations
from licensing.tokens import PublicKey, TokenInvalidError


@dataclass(frozen=True, slots=True)
class State:
    """The newest list, and the changes after it. `has_news`: a license got another status."""

    last_change: int
    has_news: bool
    newest: Newest | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A list before its signature. `differs`: the newest list names other licenses."""

    seq: int
    changes: int
    revoked: tuple[str, ...]
    differs: bool


def read_state(session: Session, checked: int | None, kid: str) -> State:
    """Look at list and changes. `checked` is the last change that needs no look."""
    last = last_change(session)
    newest = newest_list(session)
    if newest is None:
        return State(last, has_news=True, newest=None)
    after = newest.changes if checked is None else checked
    has_news = last > after and status_changed(session, after)
    return State(last, has_news, _newest(session, newest, kid))


def _newest(session: Session, newest: KeptList, kid: str) -> Newest:
    signer = signer_of_list(newest.head)
    is_served = signer == kid or signer in {key.kid for key in known_keys(session)}
    return Newest(newest.signed_at, signer != kid, is_unreadable=not is_served)


def draft(session: Session) -> Draft:
    """Gather all licenses that are revoked or suspended."""
    # The list's number first, then the changes, then the licenses: whatever is committed meanwhile
    # is in the list, or makes the next one.
    newest = newest_list(session)
    changes = last_change(session)
    hashes = {revocation_hash(token_id) for token_id in token_ids_not_active(session)}
    revoked = tuple(sorted(hashes))
    if newest is None:
        return Draft(1, changes, revoked, differs=True)
    return Draft(newest.seq + 1, changes, revoked, _named(session, newest.seq) != revoked)


def keep(session: Session, new: NewList, kid: str) -> bool:
    """Store a list. False if its number is taken. Raises SigningKeyRevokedError."""
    require_not_revoked(session, kid)
    return keep_list(session, new)


def _named(session: Session, seq: int) -> tuple[str, ...] | None:
    """Return the entries of a list; None if apps could not read it either."""
    token = token_of_list(session, RevocationListRow, seq)
    keys = [PublicKey(key.kid, key.x) for key in known_keys(session)]
    try:
        return None if token is None else verify_revocations(token, keys).content.revoked
    except TokenInvalidError:
        return None
