"""The parts of a payment that a membership's charges and Gumroad's own license keys tell."""

from collections.abc import Callable, Mapping

import pytest

from domain.facts import Payment
from storefronts.base import StoredRequest
from storefronts.gumroad.payments import UNKNOWN_RECURRENCE
from storefronts.gumroad.storefront import Gumroad

FormWith = Callable[[str, Mapping[str, str | None]], StoredRequest]
SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]
Changes = dict[str, str | None]

MEMBERS_KEY = "6F0E4C97-B72A4E69-A11BF6C4-AF6517E7"
OVERWRITE = "custom fields overwrite Gumroad's own, which were not read: "


def payment(gumroad: Gumroad, ping: StoredRequest) -> Payment:
    (fact,) = gumroad.read(ping).facts
    assert isinstance(fact, Payment)
    return fact


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("01_sale_ordinary.form", (False, None, "83DB262A-C19D3B06-A5235A6B-8C079166")),
        ("05_membership_first_charge.form", (False, 1, MEMBERS_KEY)),
        ("06_membership_recurring_charge.form", (True, 1, MEMBERS_KEY)),
    ],
)
def test_recorded_sale_tells_its_frequency_and_gumroads_key(
    form: str, parts: tuple[bool, int | None, str], gumroad: Gumroad, form_with: FormWith
) -> None:
    told = payment(gumroad, form_with(form, {}))

    assert (told.charge, told.months, told.shop_key) == parts
    assert (told.paid_until, told.note) == (None, None)


@pytest.mark.parametrize(
    ("recurrence", "months"),
    [("monthly", 1), ("quarterly", 3), ("biannually", 6), ("yearly", 12), ("every_two_years", 24)],
)
def test_frequency_of_the_charges_is_read_as_months(
    recurrence: str, months: int, gumroad: Gumroad, form_with: FormWith
) -> None:
    told = payment(
        gumroad, form_with("06_membership_recurring_charge.form", {"recurrence": recurrence})
    )

    assert (told.months, told.note) == (months, None)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"recurrence": "weekly"}, UNKNOWN_RECURRENCE),
        ({"recurrence": "Monthly"}, UNKNOWN_RECURRENCE),
        ({"recurrence": "mon\x00thly"}, UNKNOWN_RECURRENCE),
        ({"recurrence": ""}, None),
        ({"recurrence": None}, None),
        ({"recurrence": "yearly", "custom_fields[recurrence]": "yearly"}, f"{OVERWRITE}recurrence"),
    ],
)
def test_frequency_that_is_no_known_one_gives_no_months(
    changes: Changes, note: str | None, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    told = payment(gumroad, sale_with(changes))

    assert (told.months, told.note) == (None, note)


def test_frequency_given_twice_is_unknown(gumroad: Gumroad, form_with: FormWith) -> None:
    ping = form_with("05_membership_first_charge.form", {})
    twice = StoredRequest(ping.content_type, ping.body + b"&recurrence=yearly", ping.received_at)
    told = payment(gumroad, twice)

    assert (told.months, told.note) == (None, UNKNOWN_RECURRENCE)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"license_key": " 1234-ABCD "}, "1234-ABCD"),
        ({"license_key": "k" * 200}, "k" * 200),
        ({"license_key": "k" * 201}, None),
        ({"license_key": "1234\r\nBcc: eve"}, None),
        ({"license_key": "\udcff"}, None),
        ({"license_key": "  "}, None),
        ({"license_key": ""}, None),
        ({"license_key": None}, None),
        ({"custom_fields[license_key]": "the buyer's choice"}, None),
    ],
)
def test_only_plain_text_of_gumroad_is_its_key(
    changes: Changes, key: str | None, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    assert payment(gumroad, sale_with(changes)).shop_key == key


def test_charge_for_an_upgrade_within_a_period_is_a_payment_like_any_other(
    gumroad: Gumroad, form_with: FormWith
) -> None:
    upgrade = {"variants[Tier]": "Agency", "price": "3750", "quantity": "3"}
    told = payment(gumroad, form_with("06_membership_recurring_charge.form", upgrade))

    (line,) = told.lines
    assert (told.charge, told.subscription_id) == (True, "ECua5G0LmWGylaHQQuiS0A==")
    assert (line.price, line.quantity) == (3750, 3)
    assert line.product.variants == (("Tier", "Agency"),)
