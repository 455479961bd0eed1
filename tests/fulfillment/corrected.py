"""Sales to a mistyped and to a right address, and the receivers of the mails."""

from fakes.postmark import FakePostmark
from tests.support.pings import changed, recorded

WRONG = "ada.buyer@example.com"
RIGHT = "ada.right@example.com"
UNMAPPED = "new-product=="
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'
MONTHLY = 'gumroad:\n  - {product_id: "sDOLRWAJ9iPxvwmpujenuA==", tier: studio, months: 1}\n'


def sale(order: str, **fields: str) -> bytes:
    return changed(recorded("01"), sale_id=order, **fields)


def receivers(postmark: FakePostmark) -> list[str]:
    return [mail.message["To"] for mail in postmark.accepted]
