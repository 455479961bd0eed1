"""The current period of a subscription."""

from datetime import datetime

from storefronts.document import Member
from storefronts.stripe.times import instant_or_none


def period_of(subscription: Member) -> tuple[datetime | None, datetime | None]:
    """Return start and end. Before API 2025-03-31, the subscription itself has them."""
    holders = [*subscription["items"]["data"].items(), subscription]
    starts = [instant_or_none(each["current_period_start"]) for each in holders]
    ends = [instant_or_none(each["current_period_end"]) for each in holders]
    return (
        min((each for each in starts if each is not None), default=None),
        max((each for each in ends if each is not None), default=None),
    )
