"""The texts that an entry may have, and the rules for them."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.text import LONGEST_TEXT, plain_text

LONGEST_TIER = 50
LONGEST_ACTIVATE = 2000

OUR_RULE = "our_rule"


def _plain(text: str) -> str:
    if text != text.strip():
        raise PydanticCustomError(OUR_RULE, "has blanks at its start or end: remove them")
    # The texts of a sale are made plain too, so any other text could never match.
    if text != plain_text(text):
        raise PydanticCustomError(OUR_RULE, "has a control character in it: remove it")
    return text


def printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError(OUR_RULE, "has an invisible character in it: type it anew")
    return text


def _lines(text: str) -> str:
    if any(unicodedata.category(one) == "Cc" for one in text.replace("\n", "")):
        raise PydanticCustomError(OUR_RULE, "has a control character in it: remove it")
    if not text.strip():
        raise PydanticCustomError(OUR_RULE, "is empty")
    return text.strip()


Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_plain)]
Tier = Annotated[str, Field(min_length=1, max_length=LONGEST_TIER), AfterValidator(_plain)]
Activate = Annotated[str, Field(max_length=LONGEST_ACTIVATE), AfterValidator(_lines)]
