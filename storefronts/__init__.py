"""The storefronts that Mintpost understands; a new one is one file, and one line here."""

from storefronts.base import Storefront
from storefronts.gumroad.storefront import Gumroad

STOREFRONTS: tuple[type[Storefront], ...] = (Gumroad,)
