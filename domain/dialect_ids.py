"""The ids of a seller's products in the APIs of other vendors: set in products.yaml, or derived."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from domain.catalog import Offer
from domain.derived_ids import derived_number, derived_uuid
from domain.license import License
from domain.online_terms import (
    USUAL_TERMS,
    KeygenIds,
    LemonSqueezyIds,
    OnlineTerms,
    PolarIds,
)


@dataclass(frozen=True, slots=True)
class DialectIds:
    """The ids under which apps know one product and tier of the seller `issuer`."""

    issuer: str
    product_id: str
    tier: str
    terms: OnlineTerms = USUAL_TERMS

    @property
    def lemonsqueezy(self) -> LemonSqueezyIds:
        return self.terms.lemonsqueezy or LemonSqueezyIds(
            store=derived_number("lemonsqueezy store", self.issuer),
            product=derived_number("lemonsqueezy product", self.issuer, self.product_id),
            variant=derived_number("lemonsqueezy variant", self.issuer, self.product_id, self.tier),
        )

    @property
    def polar(self) -> PolarIds:
        """Return both ids: where the entry sets the organization alone, the benefit is derived."""
        named = self.terms.polar
        if named is not None and named.benefit is not None:
            return named
        return PolarIds(
            organization=derived_uuid("polar organization", self.issuer)
            if named is None
            else named.organization,
            benefit=derived_uuid("polar benefit", self.issuer, self.product_id, self.tier),
        )

    @property
    def keygen(self) -> KeygenIds:
        return self.terms.keygen or KeygenIds(
            account=derived_uuid("keygen account", self.issuer),
            product=derived_uuid("keygen product", self.issuer, self.product_id),
        )


def ids_of_offer(issuer: str, offer: Offer) -> DialectIds:
    return DialectIds(issuer, offer.product_id, offer.tier, offer.online)


def ids_of_license(issuer: str, license_: License, offer: Offer | None) -> DialectIds:
    """Return the ids of its entry today. Without an entry, the storefront's product id counts."""
    if offer is not None:
        return ids_of_offer(issuer, offer)
    return DialectIds(issuer, license_.product_id, license_.tier)


@dataclass(frozen=True, slots=True)
class NamedId:
    """One id of an entry. `is_set` False: it is derived."""

    dialect: str
    name: str
    value: int | str | None
    is_set: bool


def named_ids(ids: DialectIds) -> Iterator[NamedId]:
    """Yield the ids under the names that they have in products.yaml."""
    in_use = (
        ("lemonsqueezy", ids.lemonsqueezy, ids.terms.lemonsqueezy),
        ("polar", ids.polar, ids.terms.polar),
        ("keygen", ids.keygen, ids.terms.keygen),
    )
    for dialect, all_ids, written in in_use:
        for field in fields(all_ids):
            is_set = written is not None and getattr(written, field.name) is not None
            yield NamedId(dialect, field.name, getattr(all_ids, field.name), is_set)
