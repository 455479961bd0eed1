"""The content of a letter about one license."""

import re
from dataclasses import dataclass
from datetime import datetime

from domain.text import one_line

WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LicenseLetter:
    """The content of a license e-mail. Templates know it as `letter`.

    `activate` is text or an http(s) URL. `expires_at` None: the license never expires. `renewed`:
    the mail announces new terms of a license that the buyer already has. `changed`: besides, no
    payment is the reason, so the mail thanks for none. `restored`: a license that was taken back is
    good again. `given`: the seller gave the license, so the mail thanks for no purchase. `bought`:
    the holder knows an order of it. `receipt_key` and `earlier_key`: the key on the shop's receipt,
    and a key from elsewhere, open the license too. `name` may be empty.
    `order_number` is the number on the buyer's receipt, `order_reference` the argument of `mintpost
    show`. `reply_to` is the bare address for a buyer's questions.
    """

    product_name: str
    name: str
    key: str
    tier: str
    expires_at: datetime | None
    seats: int
    test: bool
    order_reference: str
    activate: str | None = None
    renewed: bool = False
    changed: bool = False
    restored: bool = False
    given: bool = False
    bought: bool = True
    receipt_key: bool = False
    earlier_key: bool = False
    reply_to: str | None = None
    order_number: str | None = None
    shop_name: str | None = None
    shop_url: str | None = None

    @property
    def order_name(self) -> str:
        """Return the order number on the receipt, or else our reference."""
        return self.order_number or self.order_reference

    @property
    def further_keys(self) -> str | None:
        """Return the sentence about other keys that open the license, if there are any."""
        receipt = ("the key on your receipt",) if self.receipt_key else ()
        earlier = ("the key that you had before",) if self.earlier_key else ()
        keys = " and ".join((*receipt, *earlier))
        verb = "open" if receipt and earlier else "opens"
        return f"{keys[0].upper()}{keys[1:]} {verb} this license, too." if keys else None

    @property
    def valid_until(self) -> str | None:
        """Return the last valid day, with its zone: the license ends with that day in UTC."""
        end = self.expires_at
        return None if end is None else f"{end:%B} {end.day}, {end.year} (UTC)"

    @property
    def activation_url(self) -> str | None:
        address = (self.activate or "").strip()
        return address if WEB_ADDRESS.fullmatch(address) else None

    @property
    def activation_lines(self) -> tuple[str, ...]:
        if self.activate is None or self.activation_url is not None:
            return ()
        return tuple(filter(None, map(one_line, self.activate.splitlines())))
