"""Made-up pings of every kind. A follow-up repeats the ids in the stored body of its order.

The fields and their order are those of Gumroad's published source (2026-08).
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from domain.license import Term
from storefronts.body import read_body
from storefronts.gumroad.recurrences import MONTHS, RECURRENCES
from storefronts.gumroad.sample_plans import plan_change
from storefronts.sample import FollowUp
from storefronts.sample_events import PLAN_CHANGES, SampleEvent

Pairs: TypeAlias = tuple[tuple[str, str], ...]

GIVER = "generous.giver@example.com"
OF_SALE: Mapping[SampleEvent, Mapping[str, str]] = {
    SampleEvent.REFUND: {"resource_name": "refund", "refunded": "true"},
    # A partial refund says no amount.
    SampleEvent.PARTIAL_REFUND: {"resource_name": "refund", "refunded": "false"},
    SampleEvent.DISPUTE: {"resource_name": "dispute", "disputed": "true"},
    SampleEvent.DISPUTE_WON: {
        "resource_name": "dispute_won",
        "disputed": "true",
        "dispute_won": "true",
    },
}


def first_event(event: SampleEvent, sale: Pairs) -> Pairs:
    """Return the ping of a made-up sale, as Gumroad sends it for this kind of purchase."""
    whole = replaced(sale, _as_after_a_checkout())
    match event:
        case SampleEvent.GIFT:
            price = dict(sale)["price"]
            free = {"price": "0", "gumroad_fee": "0", "is_gift_receiver_purchase": "true"}
            return replaced(whole, {**free, "gift_price": price, "gifter_email": GIVER})
        case SampleEvent.TEST_PING:
            # The button's ping names no resource.
            kept = tuple(pair for pair in whole if pair[0] != "resource_name")
            return replaced(kept, {"test": "true"})
        case _:
            return whole


def follow_up(event: SampleEvent, told: FollowUp) -> Pairs:
    """Return the ping of something that happened to an earlier order."""
    order = _order(told)
    if event == SampleEvent.RENEWAL:
        return replaced(_with_plan(_with_words(order, told), told), _renewed(told))
    if event in OF_SALE:
        return replaced(_with_words(order, told), OF_SALE[event])
    known = {"recurrence": RECURRENCES[1], **dict(order)}
    own = _happened(event, known, told)
    return (*_of_subscription(_with_words(order, told), told), *own, *_test(known))


def replaced(pairs: Pairs, fields: Mapping[str, str]) -> Pairs:
    """Return the pairs with these fields replaced in place, or added."""
    there = {name for name, _ in pairs}
    kept = tuple((name, fields.get(name, text)) for name, text in pairs)
    return (*kept, *((name, text) for name, text in fields.items() if name not in there))


def _as_after_a_checkout() -> Mapping[str, str]:
    key = secrets.token_hex(16).upper()
    return {
        "card[visual]": "**** **** **** 4242",
        "card[type]": "visa",
        "card[bin]": "",
        "card[expiry_month]": "",
        "card[expiry_year]": "",
        "purchaser_id": str(secrets.randbelow(10**13)),
        "license_key": "-".join(key[start : start + 8] for start in range(0, 32, 8)),
        "ip_country": "United States",
    }


def _order(told: FollowUp) -> Pairs:
    body = read_body(told.content_type, told.body).pairs
    return tuple(pair for pair in body if pair[0] != "retry_count")


def _with_words(order: Pairs, told: FollowUp) -> Pairs:
    """Return the order's fields, with a person's words for the event."""
    named = {
        "product_id": told.product_id,
        "product_name": told.product_name,
        "email": told.email,
        "full_name": told.name,
    }
    return replaced(order, {name: text for name, text in named.items() if text is not None})


def _with_plan(order: Pairs, told: FollowUp) -> Pairs:
    """Return a charge of the plan of today, or of the plan that a person wants."""
    known = dict(order)
    one = int(known.get("price") or 0) // int(known.get("quantity") or 1)
    quantity = told.quantity or told.plan.quantity
    variants = told.plan.variants if told.variants is None else told.variants
    kept = tuple(pair for pair in order if not pair[0].startswith("variants["))
    chosen = tuple((f"variants[{category}]", option) for category, option in variants)
    whole = {"quantity": str(quantity), "price": str(one * quantity)}
    return replaced((*kept, *chosen), whole)


def _renewed(told: FollowUp) -> Mapping[str, str]:
    return {
        "sale_id": told.new_order_id,
        "order_number": str(secrets.randbelow(10**9)),
        "sale_timestamp": _time(told.at),
        "is_recurring_charge": "true",
        "resource_name": "sale",
        "refunded": "false",
        "disputed": "false",
        "dispute_won": "false",
    }


def _of_subscription(order: Pairs, told: FollowUp) -> Pairs:
    known = dict(order)
    return (
        ("subscription_id", known["subscription_id"]),
        ("product_id", known["product_id"]),
        ("product_name", known.get("product_name", "")),
        ("user_id", known.get("purchaser_id", "")),
        ("user_email", known["email"]),
        *(("purchase_ids[]", each.order_id) for each in told.paid),
        ("created_at", _time(told.paid[0].paid_at)),
        # The number of charges after which the subscription is paid in full.
        ("charge_occurrence_count", ""),
        ("recurrence", known.get("recurrence", RECURRENCES[1])),
        ("free_trial_ends_at", ""),
        *((name, text) for name, text in order if name.startswith("custom_fields[")),
        *((name, text) for name, text in order if name == "license_key"),
    )


def _happened(event: SampleEvent, known: Mapping[str, str], told: FollowUp) -> Pairs:
    now = _time(told.at)
    match event:
        case SampleEvent.CANCELLATION:
            return (*_canceled(_period_end(known, told)), ("cancelled_by_buyer", "true"))
        case SampleEvent.PAYMENT_FAILED:
            return (*_canceled(now), ("cancelled_due_to_payment_failures", "true"))
        case SampleEvent.ENDED:
            return _ended(now, "cancelled")
        case SampleEvent.PAID_IN_FULL:
            return _ended(now, "fixed_subscription_period_ended")
        case SampleEvent.RESTARTED:
            return (("resource_name", "subscription_restarted"), ("restarted_at", now))
        case _ if event in PLAN_CHANGES:
            # A lower plan begins with the next period.
            is_later = event == SampleEvent.DOWNGRADE
            since = _period_end(known, told) if is_later else now
            return plan_change(event, since, known, told)
        case _:
            raise KeyError(event)


def _canceled(at: str) -> Pairs:
    return (("resource_name", "cancellation"), ("cancelled", "true"), ("cancelled_at", at))


def _ended(at: str, why: str) -> Pairs:
    return (("resource_name", "subscription_ended"), ("ended_at", at), ("ended_reason", why))


def _test(known: Mapping[str, str]) -> Pairs:
    return (("test", "true"),) if known.get("test") == "true" else ()


def _period_end(known: Mapping[str, str], told: FollowUp) -> str:
    paid_at = told.paid[-1].paid_at
    end = Term(MONTHS.get(known["recurrence"], 1)).end(paid_at)
    assert end is not None  # noqa: S101 - a term in months ends
    return _time(datetime.combine(end.date(), paid_at.timetz()))


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
