"""The registered storefronts. A new storefront is one package, and one line here.

The composition roots open the storefronts with the settings of their own process: the API gets the
secrets of the webhooks, the worker gets the keys of the shops' APIs.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from domain.identifiers import EVENT_MARK
from kit.load import Load
from storefronts.gumroad.package import GUMROAD
from storefronts.id_forms import ShopIds
from storefronts.lemonsqueezy.package import LEMON_SQUEEZY
from storefronts.package import StorefrontPackage
from storefronts.paddle.package import PADDLE
from storefronts.polar.package import POLAR
from storefronts.stripe.package import STRIPE

if TYPE_CHECKING:
    from storefronts.base import Storefront
    from storefronts.exports import Export

PACKAGES: tuple[StorefrontPackage, ...] = (GUMROAD, POLAR, STRIPE, PADDLE, LEMON_SQUEEZY)

SOURCES = tuple(package.name for package in PACKAGES)

DEFAULT = PACKAGES[0]
"""The storefront of the examples in help texts, of the demo, the smoke test and the torture."""

EXAMPLE = f"{DEFAULT.name}:{DEFAULT.example_order}"
"""A sale's name for help texts."""

EVENT_EXAMPLE = f"{DEFAULT.name}{EVENT_MARK}12"
"""The name of an event of no order, for help texts."""

ANOTHER = PACKAGES[1].name
"""A storefront that is not the default, for help texts."""


def package_of(source: str) -> StorefrontPackage:
    """Return the package of a storefront in `SOURCES`."""
    return next(package for package in PACKAGES if package.name == source)


def shop_ids() -> Mapping[str, ShopIds]:
    """Return the forms of each shop's ids in products.yaml."""
    return {each.name: ShopIds(each.title, each.id_forms, each.free_ids) for each in PACKAGES}


def open_for_api(
    load: Load, packages: Iterable[StorefrontPackage] = PACKAGES
) -> "Mapping[str, Storefront]":
    """Build all storefronts for the API. Raises SettingsError with every mistake."""
    return _opened({each.name: partial(each.open_for_api, load) for each in packages})


def open_for_worker(
    load: Load, packages: Iterable[StorefrontPackage] = PACKAGES
) -> "Mapping[str, Storefront]":
    """Build all storefronts for the worker. Raises SettingsError with every mistake."""
    return _opened({each.name: partial(each.open_for_worker, load) for each in packages})


def api_variables() -> frozenset[str]:
    """Return the API's variables of all storefronts."""
    return frozenset().union(*(package.api_variables for package in PACKAGES))


def worker_variables() -> frozenset[str]:
    """Return the worker's variables of all storefronts."""
    return frozenset().union(*(package.worker_variables for package in PACKAGES))


def _opened(builders: "Mapping[str, Callable[[], Storefront]]") -> "Mapping[str, Storefront]":
    from kit.environment import SettingsError, tried

    problems: list[str] = []
    opened = {name: tried(build, problems) for name, build in builders.items()}
    if problems:
        raise SettingsError("\n".join(dict.fromkeys(problems)))
    return {name: storefront for name, storefront in opened.items() if storefront is not None}


def exports() -> "tuple[Export, ...]":
    """Return the known forms of the shops' own CSV files."""
    from storefronts.gumroad.export import GumroadSales
    from storefronts.lemonsqueezy.export import LicenseKeys, Orders

    return (GumroadSales(), LicenseKeys(), Orders())
