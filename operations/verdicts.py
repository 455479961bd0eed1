"""The questions of apps about licenses, and the verdicts that they get."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from db.views.online import OnlineLicense
from domain.catalog import Offer
from domain.online import Code, Device, Extra, Usage
from domain.online_terms import USUAL_TERMS, OnlineTerms


@dataclass(frozen=True, slots=True)
class Found:
    """A license with the entry of the product mapping that speaks for it today, if any."""

    online: OnlineLicense
    offer: Offer | None

    @property
    def terms(self) -> OnlineTerms:
        return USUAL_TERMS if self.offer is None else self.offer.online

    @property
    def product_names(self) -> frozenset[str]:
        """Return the names of the license's product of today: its ids and its aliases."""
        license_, product = self.online.license, self.online.sale.product
        names = {license_.product_id}
        if self.offer is not None:
            names.add(self.offer.product_id)
        if license_.product_id == product.product_id:
            names.update(product.names)
        return frozenset(names)

    @property
    def usage(self) -> Usage:
        limit = self.terms.limit(self.online.license.seats, self.online.device_limit)
        return Usage(self.online.used, limit)


Belongs = Callable[[Found], bool]
"""Tells whether a license is for the product that the app names."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a key. `belongs` None: any product. `device`: the app's own name for it."""

    key: str
    belongs: Belongs | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Activation:
    """The wish for a place for a device. `replace_unseen`: an old device may give way."""

    key: str
    device: str
    belongs: Belongs | None = None
    label: str = ""
    replace_unseen: bool = False
    extra: Extra | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. `found` None: nothing of a license may be told.

    `device` is the asked device if it has a place. `others` are the devices that take all places,
    with the code DEVICE_LIMIT. `is_new`: the device had no place before.
    """

    code: Code
    at: datetime
    found: Found | None = None
    device: Device | None = None
    others: tuple[Device, ...] = ()
    is_new: bool = False

    @property
    def valid(self) -> bool:
        return self.code is Code.VALID
