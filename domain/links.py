"""Subscriptions that only a link tells: each goes to lines of its order, whatever comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.facts import SubscriptionLink


@dataclass(frozen=True, slots=True)
class LinkedLine:
    """A line of an order. `told` is the subscription that its payment tells, if it tells one."""

    line: str
    subscription_line: str = ""
    told: str | None = None


def subscriptions_by_line(
    lines: Sequence[LinkedLine], links: Iterable[SubscriptionLink]
) -> dict[str, str]:
    """Return the subscription of each line that has one. The payment's word counts before a link's.

    A link without a line is about every line with a name in the subscription, or else about the
    first line without a subscription.
    """
    found = {each.line: each.told for each in lines if each.told is not None}
    # A link that names its line comes first, so that the others take what is left.
    in_order = sorted(links, key=lambda each: (each.line is None, each.at, each.subscription_id))
    for link in in_order:
        if link.line is None and link.subscription_id in found.values():
            continue
        free = [each for each in lines if each.line not in found and _is_about(link, each)]
        named = [each for each in free if each.subscription_line]
        chosen = named if link.line is None and named else free[:1]
        found |= {each.line: link.subscription_id for each in chosen}
    return found


def _is_about(link: SubscriptionLink, line: LinkedLine) -> bool:
    return link.line is None or link.line == line.line
