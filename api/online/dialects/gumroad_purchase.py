"""The `purchase` of Gumroad's answers, filled from a license and its sale."""

from dataclasses import dataclass
from datetime import datetime

from domain.catalog import folded
from domain.derived_ids import derived_number
from domain.folding import fold_option
from domain.license import License
from domain.online import Code
from domain.sale import Sale, Variants
from kit.times import iso
from operations.verdicts import Found

RECURRENCES = {1: "monthly", 3: "quarterly", 6: "biannually", 12: "yearly", 24: "every_two_years"}
"""Gumroad's words, by months."""

MOST_DIGITS = 15
"""JavaScript reads every whole number of so many digits exactly."""


@dataclass(frozen=True, slots=True)
class Told:
    """A license that an app may see, with its verdict. `product_id` is the app's own spelling."""

    found: Found
    code: Code
    product_id: str
    issuer: str

    @property
    def license(self) -> License:
        return self.found.online.license

    @property
    def sale(self) -> Sale:
        return self.found.online.sale


def is_subscription(found: Found) -> bool:
    online = found.online
    return online.sale.subscription_id is not None or online.license.renews is not None


def purchase(told: Told) -> dict[str, object]:
    """Return every key that Gumroad always answers, and those of a subscription."""
    own = _subscription(told) if is_subscription(told.found) else {}
    test = {"test": True} if told.license.test else {}
    return {**_product(told), **_payment(told), **_state(told), **own, **test}


def _product(told: Told) -> dict[str, object]:
    aliases = told.sale.product.aliases
    permalink = next((name for name in aliases if "/" not in name), "")
    return {
        "seller_id": told.issuer,
        "product_id": told.product_id,
        "product_name": told.license.product_name,
        "permalink": permalink,
        "product_permalink": next((name for name in aliases if "/" in name), ""),
        "short_product_id": permalink,
        "variants": _variants(told),
    }


def _payment(told: Told) -> dict[str, object]:
    sale, sold_at = told.sale, _time(told.sale.sold_at)
    card = dict.fromkeys(("visual", "type", "bin", "expiry_month", "expiry_year"))
    return {
        "id": sale.order_id,
        "sale_id": sale.order_id,
        "order_number": _order_number(sale),
        "created_at": sold_at,
        "sale_timestamp": sold_at,
        "price": sale.price,
        "gumroad_fee": 0,
        "currency": sale.currency.lower(),
        "quantity": sale.quantity,
        "discover_fee_charged": False,
        "can_contact": False,
        "referrer": "",
        "card": card,
        "custom_fields": [],
        # Apps compare the address that the user typed with the address of the mail.
        "email": told.license.email if told.found.terms.answer_email else "",
        "full_name": "",
    }


def _state(told: Told) -> dict[str, object]:
    is_disputed = told.code is Code.DISPUTED
    state: dict[str, object] = {
        "license_key": told.found.online.key,
        "is_multiseat_license": told.license.seats > 1,
        "is_gift_receiver_purchase": told.sale.giver is not None,
        "refunded": told.code is Code.REFUNDED,
        "disputed": is_disputed,
        "dispute_won": False,
    }
    # Gumroad leaves it out of subscriptions, although some apps read no other flag of a dispute.
    if is_disputed or not is_subscription(told.found):
        state["chargebacked"] = is_disputed
    return state


def _subscription(told: Told) -> dict[str, object]:
    """Tell the end where the subscription does not renew, also an end in the future.

    Apps compare it with their own clock, so that it is the end of the grace. Gumroad tells the end
    of a plan with a fixed number of payments as `subscription_ended_at`, and apps refuse it.
    """
    end = _time(told.license.good_until)
    lapsed, goes_on = told.code is Code.EXPIRED, told.license.renews is not False
    return {
        "subscription_id": told.sale.subscription_id or told.sale.order_id,
        "recurrence": _recurrence(told),
        "is_recurring_charge": told.sale.charge,
        # go-gumroad does not read the end of a cancelled subscription, but this one.
        "subscription_ended_at": end if lapsed else None,
        "subscription_cancelled_at": None if goes_on else end,
        "subscription_failed_at": end if goes_on and lapsed else None,
    }


def _time(moment: datetime | None) -> str | None:
    # Some apps read no fraction of a second.
    return None if moment is None else iso(moment.replace(microsecond=0))


def _recurrence(told: Told) -> str:
    months = told.sale.months
    if months is None and told.found.offer is not None:
        months = told.found.offer.term.months
    return RECURRENCES.get(months or 0, "")


def _order_number(sale: Sale) -> int:
    number = sale.order_number or ""
    if number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS:
        return int(number)
    return derived_number("gumroad order", sale.source, sale.order_id)


def _variants(told: Told) -> str:
    """Return the chosen options as Gumroad writes them, such as `(Pro)`.

    After a plan change, the options of the entry with the new tier replace those of the sale.
    """
    chosen, offer = told.sale.product.variants, told.found.offer
    if offer is not None and not offer.fits(folded(chosen)):
        chosen = _replaced(chosen, offer.variant)
    names = ", ".join(option for _, option in chosen)
    return f"({names})" if names else ""


def _replaced(chosen: Variants, by: Variants) -> Variants:
    categories = {fold_option(category) for category, _ in by}
    return (*(one for one in chosen if fold_option(one[0]) not in categories), *by)
