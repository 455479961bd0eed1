"""An order without an address is minted, and its mail waits for one: the shop's or a person's."""

from collections.abc import AsyncIterator

import pytest

from db.resends import NewResend
from fakes.shop_faults import AWAY
from operations.resend import NoAddressError, resend
from storefronts.polar.package import POLAR
from tests.storefronts.polar.recorded import body, changed
from tests.support.polar_shop import PolarShop, named, polar_shop, renamed
from tests.support.running import Setup
from tests.support.waiting import until

CUSTOMER = "/v1/customers/04479eda-5a00-41e1-9515-140e22bcf00b"
TEAM_ORDER = "0060203f-f742-4441-b020-48c9b1a06e5c"
FOUND = "buyer@borealis.example"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[PolarShop]:
    async with polar_shop(setup) as started:
        yield started


@pytest.fixture
async def keyless(setup: Setup) -> AsyncIterator[PolarShop]:
    async with polar_shop(setup, key=None) as started:
        yield started


async def parked(shop: PolarShop, story: str) -> str:
    """Send the order without an address, and return the sentence with which its mail waits."""
    await shop.send(named(body("21"), story))
    event = await shop.mintpost.parked()
    (license_,), (delivery,) = await shop.mintpost.licenses(), await shop.mintpost.deliveries()
    assert (license_.email, license_.name, license_.seats) == (None, "Borealis Ltd", 3)
    assert (delivery.to, delivery.status, delivery.attempts) == (None, "pending", 0)
    assert event.error is not None
    return event.error


async def holder_of(shop: PolarShop) -> tuple[str | None, list[str | None]]:
    """Return the address of the license, and those of the mails that went out."""
    mails = [each.to for each in await shop.mintpost.deliveries() if each.status == "logged"]
    (license_,) = await shop.mintpost.licenses()
    return license_.email, mails


async def test_the_mail_waits_with_the_whole_command_and_goes_out_after_it(
    keyless: PolarShop,
) -> None:
    sentence = await parked(keyless, "command")
    order_id = renamed(TEAM_ORDER, "command")
    assert sentence.endswith(f"`mintpost resend polar:{order_id} --to ADDRESS`")
    assert keyless.api.asked == []

    given = NewResend("polar", order_id, FOUND, "the operator", None)
    await resend(keyless.mintpost.database, given)
    # The correction is an act of the seller.
    assert await keyless.outcomes() == ["fulfilled", "applied"]
    assert await holder_of(keyless) == (FOUND, [FOUND])


async def test_polar_is_asked_once_for_the_address(shop: PolarShop) -> None:
    shop.api.add(CUSTOMER, b'{"email": "buyer@borealis.example"}')
    shop.api.faults.extend([AWAY["unavailable"], AWAY["html"]])
    await shop.send(named(body("21"), "asked"))

    assert await shop.outcomes() == ["fulfilled"]
    assert await holder_of(shop) == (FOUND, [FOUND])
    assert shop.api.asked == [CUSTOMER] * 3
    assert shop.api.granted == [CUSTOMER]


@pytest.mark.parametrize("refuses", ["an unknown customer", "another token", "a right"])
async def test_no_answer_of_polar_holds_up_the_license(shop: PolarShop, refuses: str) -> None:
    if refuses == "another token":
        shop.api.keys["live"] = "another"
    if refuses == "a right":
        shop.api.lacking.add("/v1/customers")

    assert "has no address" in await parked(shop, refuses)
    assert shop.api.asked == [CUSTOMER]


async def test_a_later_copy_of_the_order_tells_the_address(keyless: PolarShop) -> None:
    await parked(keyless, "copy")
    copy = changed(body("21"), lambda found: found["data"]["customer"].update(email=FOUND))
    await keyless.send(named(copy, "copy"))

    assert await keyless.outcomes() == ["fulfilled", "duplicate"]
    assert await holder_of(keyless) == (FOUND, [FOUND])
    notes = {each.note for each in await keyless.mintpost.events()} - {None}
    assert len(notes) == 1
    assert "another address" not in str(notes)


async def test_another_mail_without_an_address_is_refused_with_the_command(
    keyless: PolarShop,
) -> None:
    await parked(keyless, "refused")
    order_id = renamed(TEAM_ORDER, "refused")
    asked = NewResend("polar", order_id, None, "the operator", None)
    with pytest.raises(NoAddressError) as raised:
        await resend(keyless.mintpost.database, asked)
    assert str(raised.value).endswith(f"`mintpost resend polar:{order_id} --to ADDRESS`")


async def test_the_address_of_a_copy_is_used_if_the_sale_was_not_minted_yet(
    keyless: PolarShop,
) -> None:
    keyless.mintpost.products.write_text(f"{POLAR.name}: []\n")
    copy = changed(body("21"), lambda found: found["data"]["customer"].update(email=FOUND))
    for content in (copy, body("21")):
        await keyless.send(named(content, "unmapped"))

    async def both() -> bool | None:
        events = await keyless.mintpost.events()
        return True if [each.error is not None for each in events] == [True, True] else None

    await until(both, "both copies wait for the mapping")
    keyless.mintpost.products.write_text(
        "polar:\n  - {product_id: b8e2e931-4450-481d-a536-ee47461d2363, tier: team}\n"
    )
    assert sorted(map(str, await keyless.outcomes())) == ["duplicate", "fulfilled"]
    assert await holder_of(keyless) == (FOUND, [FOUND])
