"""A letter with several licenses, and the names of its attached files."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from letters.license_letter import LicenseLetter

LONGEST_SLUG = 40
NAMED_PRODUCTS = 2


@dataclass(frozen=True, slots=True)
class JointLetter:
    """Several licenses of one order or event. Templates know it as `letter`.

    `first` has the words that all share: the order, the shop and the address for questions.
    """

    licenses: tuple[LicenseLetter, ...]

    @property
    def first(self) -> LicenseLetter:
        return self.licenses[0]

    @property
    def name(self) -> str:
        return next((each.name for each in self.licenses if each.name), "")

    @property
    def test(self) -> bool:
        return any(each.test for each in self.licenses)

    @property
    def renewed(self) -> bool:
        """Tell whether the buyer has every license already."""
        return all(each.renewed for each in self.licenses)

    @property
    def changed(self) -> bool:
        return all(each.changed for each in self.licenses)

    @property
    def restored(self) -> bool:
        return all(each.restored for each in self.licenses)

    @property
    def given(self) -> bool:
        return all(each.given for each in self.licenses)

    @property
    def bought(self) -> bool:
        return any(each.bought for each in self.licenses)

    @property
    def replaces(self) -> bool:
        """Tell whether an attached file replaces one that the buyer has."""
        return any(each.renewed for each in self.licenses)

    @property
    def products(self) -> str:
        """Return the names of the products, of many the first two and the number of the rest."""
        names = list(dict.fromkeys(each.product_name for each in self.licenses))
        if len(names) <= NAMED_PRODUCTS:
            return " and ".join(names)
        return f"{', '.join(names[:NAMED_PRODUCTS])} and {len(names) - NAMED_PRODUCTS} more"

    @property
    def file_names(self) -> tuple[str, ...]:
        return file_names(each.product_name for each in self.licenses)


def file_names(products: Iterable[str]) -> tuple[str, ...]:
    """Return a file name for each license's token, readable and unique."""
    taken: list[str] = []
    for product in products:
        taken.append(_free(_slug(product), taken))
    return tuple(taken)


def _free(slug: str, taken: Sequence[str]) -> str:
    name, number = f"license-{slug or 1}.jwt", 1
    while name in taken:
        number += 1
        name = f"license-{slug}-{number}.jwt" if slug else f"license-{number}.jwt"
    return name


def _slug(product: str) -> str:
    """Return the product's name in lower-case letters and digits of ASCII, if it has some."""
    # Attachments with other letters get lost names in some mail programs.
    plain = unicodedata.normalize("NFKD", product).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-")
