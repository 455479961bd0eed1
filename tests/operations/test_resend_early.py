"""A resend before there is a license: the address is kept, or the refusal says the state."""

from uuid import uuid4

import pytest

from operations.resend import NothingToSendError, resend
from tests.support.asking import park_unmapped, resent, whole_order, wish
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost

RIGHT = "ada.right@example.com"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def order() -> str:
    """Name an order of the test's own: Temporal may still be ending another test's."""
    return f"{uuid4()}=="


async def test_address_is_kept_as_it_is_seen_however_it_was_pasted(
    mintpost: Mintpost, order: str
) -> None:
    await park_unmapped(mintpost, order)
    await resent(mintpost.database, wish(order, f"\u200b {RIGHT}\u00a0"), seconds=0)
    (kept,) = (await whole_order(mintpost, order)).corrections
    assert kept.to == RIGHT


async def test_without_an_address_the_command_tells_what_the_sale_waits_for(
    mintpost: Mintpost, order: str
) -> None:
    await park_unmapped(mintpost, order)
    waits = f'gumroad:{order} has no license to send yet: it waits, .*unmapped product "new-product'
    with pytest.raises(NothingToSendError, match=waits) as refused:
        await resend(mintpost.database, wish(order))
    assert str(refused.value).endswith(f"`mintpost resend gumroad:{order} --to ADDRESS`")


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"quantity": "many"}, "it failed: this event is no sale"),
        ({"refunded": "true"}, "it ended as ignored:refunded"),
        ({"is_preorder_authorization": "true"}, "it ended as ignored:preorder"),
    ],
)
async def test_sale_that_ended_without_a_license_is_told_and_its_address_kept(
    mintpost: Mintpost, order: str, fields: dict[str, str], how: str
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order, **fields))
    await mintpost.settled()
    with pytest.raises(NothingToSendError, match=how):
        await resend(mintpost.database, wish(order))
    assert await resend(mintpost.database, wish(order, RIGHT)) == []
    assert len((await whole_order(mintpost, order)).corrections) == 1


async def test_order_that_no_event_names_keeps_nothing(mintpost: Mintpost) -> None:
    for to in (None, RIGHT):
        with pytest.raises(NothingToSendError, match=r"gumroad:x has no license.*: no event names"):
            await resend(mintpost.database, wish("x", to))
    assert (await whole_order(mintpost, "x")).corrections == []
