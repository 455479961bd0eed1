"""The most devices of licenses: by the operator's word, or else by the product mapping."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy.orm import Session

from db.views.devices import MappedProduct, mapped_products
from db.views.lists import Filters, LicenseLine, list_licenses
from domain.catalog import Catalog
from operations.offers import offer_of_license

ReadMapping: TypeAlias = Callable[[], Catalog | None]
"""Reads the product mapping. None: it cannot be read."""


@dataclass(frozen=True, slots=True)
class DeviceLimit:
    """The most devices of a license, by the operator's word and by the product mapping.

    `own` None: the operator said nothing. `per_seat` None: the mapping sets no limit.
    `is_mapped` False: the mapping could not be asked.
    """

    seats: int
    own: int | None = None
    per_seat: int | None = None
    is_mapped: bool = True

    @property
    def by_mapping(self) -> int | None:
        return None if self.per_seat is None else self.per_seat * self.seats

    @property
    def effective(self) -> int | None:
        return self.by_mapping if self.own is None else self.own


def list_limited(session: Session, filters: Filters, mapping: ReadMapping) -> list[LicenseLine]:
    """List licenses with the limit that counts today. Without a mapping, it is the operator's."""
    lines = list_licenses(session, filters)
    if not lines or (catalog := mapping()) is None or not _sets_limits(catalog):
        return lines
    mapped = mapped_products(session, filters)
    # Licenses are many, and the products that they were sold as are few.
    found = {each: _per_seat(each, catalog) for each in set(mapped.values())}
    per_seat = {license_id: found[product] for license_id, product in mapped.items()}
    return [_limited(line, per_seat.get(line.id)) for line in lines]


def _limited(line: LicenseLine, per_seat: int | None) -> LicenseLine:
    effective = DeviceLimit(line.seats, line.device_limit, per_seat).effective
    return replace(line, device_limit=effective)


def limit_of(
    line: LicenseLine, mapped: MappedProduct | None, catalog: Catalog | None
) -> DeviceLimit:
    if mapped is None or catalog is None:
        return DeviceLimit(line.seats, line.device_limit, is_mapped=False)
    return DeviceLimit(line.seats, line.device_limit, _per_seat(mapped, catalog))


def _sets_limits(catalog: Catalog) -> bool:
    return any(one.online.devices is not None for of in catalog.offers.values() for one in of)


def _per_seat(mapped: MappedProduct, catalog: Catalog) -> int | None:
    under, sold = mapped.mapped_under, mapped.sold
    offer = offer_of_license(catalog, under, sold, mapped.product_id, mapped.tier)
    return None if offer is None else offer.online.devices
