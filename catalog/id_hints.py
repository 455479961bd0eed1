"""Advice about ids in products.yaml that have the form of another shop's."""

from collections.abc import Iterator, Mapping

from catalog.mistakes import Mistake
from catalog.yaml_document import shown
from domain.catalog import Catalog, Offer
from storefronts.id_forms import IdForm, ShopIds

OTHER = (
    'this entry stands under {source}, and "{id}" has the form of a {title} {word}: move it under '
    "{other}, or correct its product_id"
)
NONE = (
    "this entry's product_id, \"{id}\", has no form of {title}'s ids ({words}), so no sale "
    "fits it: copy the id from the shop"
)


def find_id_hints(catalog: Catalog, shops: Mapping[str, ShopIds]) -> list[Mistake]:
    """Return the advice. A shop that is missing in `shops` has ids of any form."""
    return [
        Mistake(offer.line, sentence)
        for source, offers in catalog.offers.items()
        for offer in offers
        for sentence in _hints(source, offer, shops)
    ]


def _hints(source: str, offer: Offer, shops: Mapping[str, ShopIds]) -> Iterator[str]:
    own, text = shops.get(source), offer.product_id
    if own is None or own.fitting(text) is not None:
        return
    for other, ids in shops.items():
        form = ids.fitting(text)
        if form is not None and (form.unmistakable or not own.free_words):
            named = {"id": shown(text), "title": ids.title, "word": form.word, "other": other}
            yield OTHER.format(source=source, **named)
            return
    if own.forms and not own.free_words:
        yield NONE.format(id=shown(text), title=own.title, words=_words(own.forms))


def _words(forms: tuple[IdForm, ...]) -> str:
    return " or ".join(dict.fromkeys(form.word for form in forms))
