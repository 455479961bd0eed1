"""A license decided anew by today's product mapping, compared with its present terms."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.catalog import Catalog, Offer
from domain.decisions import Decision
from domain.facts import Act, SubscriptionState
from domain.lifecycle import DecidedFact, Life, PaidLine, Story
from domain.sale import Product, Sale


@dataclass(frozen=True, slots=True)
class Terms:
    """The part of a license that the mapping decides. `expires_at` None: it never ends."""

    tier: str
    seats: int
    expires_at: datetime | None
    product_name: str

    @classmethod
    def of(cls, life: Life) -> "Terms":
        return cls(life.tier, life.seats, life.expires_at, life.product_name)


@dataclass(frozen=True, slots=True)
class HeldLicense:
    """A license with its story. `sale` is its own sale."""

    license_id: int
    sale: Sale
    story: Story
    life: Life

    @property
    def terms(self) -> Terms:
        return Terms.of(self.life)


def story_today(held: HeldLicense, catalog: Catalog, remap: Act) -> Story | None:
    """Return the story with today's decisions; None if the mapping gives no license.

    A remap also ends the tier and the seats that the seller gave by hand. Raises
    ProductUnmappedError.
    """
    offer = catalog.find(_mapped_under(held), held.sale.product)
    if not offer.licensed:
        return None
    today = _Today(catalog, _mapped_under(held), offer)
    return Story(
        payments=tuple(replace(each, decision=today.paid(each)) for each in held.story.payments),
        facts=(*map(today.told, held.story.facts), DecidedFact(remap)),
    )


@dataclass(frozen=True, slots=True)
class _Today:
    """Today's mapping. `own` is the offer of the license's own sale."""

    catalog: Catalog
    source: str
    own: Offer

    def paid(self, paid: PaidLine) -> Decision:
        sale = paid.sale
        return self.decide(self.offer_of(sale.product) or self.own, sale.product, sale.quantity)

    def told(self, known: DecidedFact) -> DecidedFact:
        fact = known.fact
        if not isinstance(fact, SubscriptionState) or fact.product is None:
            return known
        offer = self.offer_of(fact.product)
        if offer is None:
            return known
        return replace(known, decision=self.decide(offer, fact.product, fact.seats or 1))

    def offer_of(self, product: Product) -> Offer | None:
        choice = self.catalog.choose_or_none(self.source, product)
        return choice.offer if choice is not None and choice.offer.licensed else None

    def decide(self, offer: Offer, product: Product, quantity: int) -> Decision:
        return offer.decide(product, quantity, self.catalog.sha256, self.source)


def _mapped_under(held: HeldLicense) -> str:
    decided = (each.decision for each in held.story.payments if each.decision is not None)
    return next((each.mapped_under for each in decided if each.mapped_under), held.sale.source)
