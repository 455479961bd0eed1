"""Turns the entries of products.yaml into offers, and every mistake into a sentence."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from catalog.mistakes import Mistake, MistakesError
from catalog.models import KEYS, LEAST, MOST, Entry, NoLicense
from catalog.online_keys import KEYS_INSIDE, MOST_OF_A_NUMBER
from catalog.texts import OUR_RULE
from catalog.yaml_document import Document, KeyPath, Unusable, read_yaml, shown
from domain.catalog import Catalog, Offer, find_clashes, folded

_A_WHOLE_NUMBER = "{key} must be a whole number from {least} to {most}, not {written}"
_SENTENCES = {
    "missing": "{key} is missing",
    "string_type": "{key} must be text, not {written}",
    "string_unicode": "{key} has half a character in it: type it anew",
    "string_too_short": "{key} is empty",
    "string_too_long": "{key} is too long: at most {max_length} characters",
    "int_type": _A_WHOLE_NUMBER,
    "greater_than_equal": _A_WHOLE_NUMBER,
    "less_than_equal": _A_WHOLE_NUMBER,
    "dict_type": "{key} must be a mapping such as {{Tier: Pro}}, not {written}",
    "model_type": "{key} must be a mapping of names to values, not {written}",
    "bool_type": "{key} must be true or false, not {written}",
    "too_short": "{key} is empty: leave it out",
}
_WORDS = {
    "license": "{key} can only be none: leave it out for a license",
    "after_end": "{key} must be stop or keep, not {written}",
    "key": "{key} must be mint or storefront, not {written}",
}


def read_catalog(content: bytes, sources: Sequence[str]) -> Catalog:
    """Read a mapping for these storefronts. Raises MistakesError with every mistake."""
    reading = _Reading(read_yaml(content), sources)
    offers = reading.sections()
    if reading.mistakes:
        raise MistakesError(*reading.mistakes)
    return Catalog(offers, hashlib.sha256(content).hexdigest())


class _Reading:
    """Turns a document into offers, and adds each mistake to the document's list."""

    def __init__(self, document: Document, sources: Sequence[str]) -> None:
        self.data = document.data
        self.places = document.places
        self.mistakes = document.mistakes
        self.sources = sources

    def sections(self) -> dict[str, tuple[Offer, ...]]:
        if isinstance(self.data, dict) and self.data:
            return {
                source: tuple(self.section(source, listed)) for source, listed in self.data.items()
            }
        first = f'start it with a storefront, "{self.sources[0]}:"'
        if self.data in (None, "", [], {}):
            self.mistakes.append(Mistake(1, f"the file is empty: {first}"))
        elif self.data is not Unusable.REPORTED:
            self.mistakes.append(Mistake(1, f"the file is {self.places[()].written}: {first}"))
        return {}

    def section(self, source: str, listed: object) -> list[Offer]:
        if source not in self.sources:
            self.tell((source,), _unknown("storefront", source, self.sources))
        elif isinstance(listed, list):
            return self.entries(source, listed)
        elif listed is not Unusable.REPORTED:
            written = self.places[(source,)].written
            self.tell((source,), f'{source} must be a list of "- product_id: …", not {written}')
        return []

    def entries(self, source: str, listed: list[object]) -> list[Offer]:
        offers: list[Offer] = []
        for position, written in enumerate(listed):
            path = (source, position)
            offer = self.entry(path, written)
            if offer is not None:
                offers.append(replace(offer, line=self.places[path].line))
        for first, second in find_clashes(offers):
            sentence = _clash(offers[first], offers[second])
            self.mistakes.append(Mistake(offers[second].line, sentence))
        return offers

    def entry(self, path: KeyPath, data: object) -> Offer | None:
        if isinstance(data, dict):
            try:
                model = NoLicense if "license" in data else Entry
                return model.model_validate(data).offer()
            except ValidationError as error:
                for detail in error.errors(include_url=False):
                    self.refuse(path, detail)
        elif data is not Unusable.REPORTED:
            self.tell(
                path, f"an entry must have keys, product_id first, but is {self.written(path)}"
            )
        return None

    def refuse(self, entry: KeyPath, detail: ErrorDetails) -> None:
        if detail["input"] is Unusable.REPORTED:
            return
        path = (*entry, *detail["loc"])
        self.tell(path, _sentence(detail, self.written(path)))

    def written(self, path: KeyPath) -> str:
        return self.places[path].written if path in self.places else ""

    def tell(self, path: KeyPath, sentence: str) -> None:
        # A missing key has no place, so the line of its entry is used.
        place = self.places.get(path) or self.places[path[:-1]]
        self.mistakes.append(Mistake(place.line, sentence))


def _sentence(detail: ErrorDetails, written: str) -> str:
    key, kind = _name(detail["loc"]), detail["type"]
    if kind == OUR_RULE:
        return f"{key} {detail['msg']}"
    if kind == "extra_forbidden":
        return _unexpected(detail["loc"])
    if detail["input"] is None:
        return f"{key} is empty"
    # YAML reads 1.0, on and 2026 as other types than text, so quotes help here; they do not help
    # for a mapping.
    if kind == "string_type" and isinstance(detail["input"], int | Unusable):
        return f'{key} must be text: quote it, "{written}"'
    facts = {
        "least": LEAST.get(key, 1),
        "most": MOST.get(key, MOST_OF_A_NUMBER),
        **detail.get("ctx", {}),
    }
    sentence = _WORDS[key] if kind == "literal_error" else _SENTENCES[kind]
    return sentence.format(key=key, written=written, **facts)


def _name(loc: Sequence[int | str]) -> str:
    """Return the name of a key, or of one inside of it: `variant "Tier"`, `dialects.polar`."""
    if loc[0] != "variant":
        return ".".join(map(str, loc))
    return " ".join([str(loc[0]), *(f'"{shown(str(part))}"' for part in loc[1:])])


def _unexpected(loc: Sequence[int | str]) -> str:
    *inside_of, last = map(str, loc)
    if not inside_of and last in KEYS:
        return f"{last} stands beside license: write only one of them"
    known = KEYS_INSIDE[tuple(inside_of)] if inside_of else KEYS
    where = f" in {'.'.join(inside_of)}" if inside_of else ""
    return _unknown("key", last, known, where)


def _unknown(what: str, name: str, known: Sequence[str], where: str = "") -> str:
    close = get_close_matches(name, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"it can be {', '.join(known)}"
    return f'unknown {what} "{shown(name)}"{where}: {hint}'


def _clash(first: Offer, second: Offer) -> str:
    line, product = first.line, f'product "{shown(first.product_id)}"'
    if folded(first.variant) == folded(second.variant):
        return f"duplicate entry: line {line} has {product} with the same variant already"
    return (
        f"this entry and line {line} can both be meant by one purchase of {product}: "
        "add an entry that names the variants of both"
    )
