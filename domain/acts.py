"""The seller's acts on a license: the newest of each sort counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.event import EventKind
from domain.facts import Act


@dataclass(frozen=True, slots=True)
class Hand:
    """The seller's word about a license at one moment. None: the seller said nothing of it.

    `restored_at` is the time of the newest restoration, whether or not a revocation followed it.
    """

    revoked: bool = False
    restored_at: datetime | None = None
    tier: str | None = None
    seats: int | None = None
    extended_to: datetime | None = None


def hand_of(acts: Collection[Act], now: datetime) -> Hand:
    """Return the seller's word. Deciding by the mapping again clears tiers and seats by hand."""
    done = [each for each in acts if each.at <= now]
    revoked, restored, remapped = (
        max((each.at for each in done if each.act == kind), default=None)
        for kind in (EventKind.REVOKE, EventKind.RESTORE, EventKind.REMAP)
    )
    chosen = [each for each in done if remapped is None or each.at > remapped]
    tiers = [(a.at, a.tier) for a in chosen if a.act == EventKind.TIER and a.tier is not None]
    seats = [(a.at, a.seats) for a in chosen if a.act == EventKind.SEATS and a.seats is not None]
    return Hand(
        revoked=revoked is not None and (restored is None or revoked >= restored),
        restored_at=restored,
        tier=max(tiers)[1] if tiers else None,
        seats=max(seats)[1] if seats else None,
        extended_to=max(
            (a.until for a in done if a.act == EventKind.EXTEND and a.until), default=None
        ),
    )
