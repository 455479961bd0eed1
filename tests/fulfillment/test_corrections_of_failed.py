"""A sale that failed at its address runs again with the corrected address."""

import pytest

from domain.sale import CORRECTED
from fakes.postmark import FakePostmark
from operations.resend import resend
from tests.fulfillment.corrected import RIGHT, receivers, sale, settled
from tests.support.asking import wish
from tests.support.databases import ON_SQLITE
from tests.support.running import Mintpost

pytestmark = ON_SQLITE

UNREADABLE = ["", "ada", "ada@example.com, eve@example.com", "ada@example.com\r\nBcc: eve@x.com"]


async def correct(mintpost: Mintpost, order: str) -> list[int]:
    return await resend(mintpost.database, wish(order, RIGHT, "she wrote"))


@pytest.mark.parametrize("email", UNREADABLE)
async def test_sale_whose_address_cannot_be_read_is_done_once_a_person_gave_one(
    mailing_stepped: Mintpost, postmark: FakePostmark, order: str, email: str
) -> None:
    await mailing_stepped.ping(sale(order, email=email))
    (event,) = await settled(mailing_stepped)
    assert event.outcome == "failed"
    assert await correct(mailing_stepped, order) == []
    (event,) = await settled(mailing_stepped)
    assert (event.outcome, event.error, event.note) == ("fulfilled", None, CORRECTED)
    assert receivers(postmark) == [RIGHT]
    (license_,) = await mailing_stepped.licenses()
    assert license_.email == RIGHT


async def test_sale_that_failed_for_something_else_fails_again(
    mailing_stepped: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await mailing_stepped.ping(sale(order, quantity="many"))
    (before,) = await settled(mailing_stepped)
    await correct(mailing_stepped, order)
    (after,) = await settled(mailing_stepped)
    assert (after.outcome, after.error) == ("failed", before.error)
    assert receivers(postmark) == []
