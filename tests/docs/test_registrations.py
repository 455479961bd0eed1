"""The pages name the events that a seller must choose, and doctor looks for the same."""

import re
from pathlib import Path

import pytest

from storefronts.gumroad.registrations import GumroadRegistrations
from storefronts.lemonsqueezy.registrations import LemonSqueezyRegistrations
from storefronts.paddle.registrations import PaddleRegistrations
from storefronts.polar.registrations import PolarRegistrations
from storefronts.registrations import Registrations
from storefronts.stripe.registrations import StripeRegistrations

DOCS = Path(__file__).parent.parent.parent / "docs"
SHOPS: dict[str, type[Registrations]] = {
    "lemonsqueezy": LemonSqueezyRegistrations,
    "paddle": PaddleRegistrations,
    "polar": PolarRegistrations,
    "stripe": StripeRegistrations,
}
ROW = re.compile(r"^ +((?:`[\w.]+`(?:, )?){5,})$", re.MULTILINE)
LOOP = re.compile(r"for event in ([\w\s\\\\]+); do")


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shops_page_lists_the_wanted_events(shop: str) -> None:
    page = (DOCS / "storefronts" / f"{shop}.md").read_text()
    listed = ROW.search(page)

    assert listed is not None
    assert set(re.findall(r"`([\w.]+)`", listed[1])) == SHOPS[shop].wanted


def test_gumroads_loop_registers_the_wanted_events() -> None:
    loop = LOOP.search((DOCS / "operate.md").read_text())

    assert loop is not None
    assert set(re.findall(r"\w+", loop[1])) == GumroadRegistrations.wanted
