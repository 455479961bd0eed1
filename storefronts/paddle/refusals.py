"""The reason for which Paddle's API refuses a key: 403 stands for each of them (2026-11)."""

from domain.errors import SaleInvalidError
from storefronts.document import read_document

LACKS_RIGHT = "forbidden"
"""The code of a good key without the permission. Others tell of a wrong or an expired key."""


def is_lack_of_right(body: bytes) -> bool:
    try:
        return read_document(body)["error"]["code"].text() == LACKS_RIGHT
    except SaleInvalidError:
        return False
