"""The shop of most tests of this folder."""

from storefronts.gumroad.package import GUMROAD
from torture.shop import TorturedShop

SHOP = TorturedShop(GUMROAD, "a-secret-of-many-characters")
