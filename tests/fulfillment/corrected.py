"""Sales to a mistyped and to a right address, and the receivers of the mails."""

from db.views.lists import EventLine
from domain.event import OPERATOR
from fakes.postmark import FakePostmark
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost

WRONG = "ada.buyer@example.com"
RIGHT = "ada.right@example.com"
UNMAPPED = "new-product=="
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'
MONTHLY = 'gumroad:\n  - {product_id: "sDOLRWAJ9iPxvwmpujenuA==", tier: studio, months: 1}\n'


def sale(order: str, **fields: str) -> bytes:
    return changed(recorded("01"), sale_id=order, **fields)


def receivers(postmark: FakePostmark) -> list[str]:
    return [mail.message["To"] for mail in postmark.accepted]


async def settled(mintpost: Mintpost) -> list[EventLine]:
    """Wait for the end of every event. Return the shop's, because a correction is one as well."""
    return [event for event in await mintpost.settled() if event.source != OPERATOR]
