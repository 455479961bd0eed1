"""Asks for an e-mail, like a person."""

from datetime import timedelta

from db.engine import Database
from db.resends import NewResend
from db.views.lists import DeliveryLine
from operations.deliveries import what_came
from operations.resend import resend
from operations.whole_order import WholeOrder, load_order
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost

UNMAPPED = "new-product=="
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'


def wish(order_id: str, to: str | None = None, why: str | None = None) -> NewResend:
    return NewResend("gumroad", order_id, to, "a tester", why)


async def resent(database: Database, new: NewResend, seconds: float = 10) -> list[DeliveryLine]:
    """Ask, wait for the e-mails, and return them."""
    return await what_came(database, await resend(database, new), timedelta(seconds=seconds))


async def park_unmapped(mintpost: Mintpost, order: str) -> None:
    """Sell a product that the mapping lacks, and wait until the sale is parked."""
    await mintpost.ping(changed(recorded("01"), sale_id=order, product_id=UNMAPPED))
    await mintpost.parked()


async def whole_order(mintpost: Mintpost, order: str) -> WholeOrder:
    return await mintpost.database.read(load_order, "gumroad", order)
