"""Paddle's money: texts with whole numbers of the currency's smallest unit."""

from collections.abc import Sequence

from storefronts import values
from storefronts.document import Member

MOST_MONEY = 10**12


def amount(member: Member) -> int:
    return values.whole_number(member.path, member.identifier(), 0, MOST_MONEY)


def amount_or_none(member: Member) -> int | None:
    return None if member.is_missing() or member.is_null() else amount(member)


def spread(prices: Sequence[int], total: int) -> list[int]:
    """Return the prices with the order's total as their sum, each with its share.

    A credit of the buyer pays a part of the order, and no line tells which. Refunds of all that was
    paid must add up to the prices.
    """
    listed = sum(prices)
    shares = [price * total // listed if listed else 0 for price in prices]
    return [shares[0] + total - sum(shares), *shares[1:]]
