"""The forms of a shop's ids in products.yaml, so that an entry under the wrong shop is noticed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdForm:
    """`word` says what the id names: "price". `pattern` fits the whole id.

    `unmistakable`: nobody chooses such a word himself, so it is an id of this shop anywhere.
    """

    word: str
    pattern: str
    unmistakable: bool = True

    def fits(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True, slots=True)
class ShopIds:
    """The forms of one shop's ids. `free_words`: the seller may choose a word as an id as well."""

    title: str
    forms: tuple[IdForm, ...]
    free_words: bool = False

    def fitting(self, text: str) -> IdForm | None:
        return next((form for form in self.forms if form.fits(text)), None)
