"""The contract of a storefront's package: `tests/storefronts/test_contract.py` holds each to it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

if TYPE_CHECKING:
    from kit.environment import EnvironmentSettings
    from storefronts.base import Storefront
    from storefronts.sample import SampleShop

    S = TypeVar("S", bound=EnvironmentSettings)


class Load(Protocol):
    """Reads a class of settings from the environment.

    The composition roots hand it in, for only they read settings.
    """

    def __call__(self, settings: type["S"], /) -> "S":
        """Raise SettingsError with all that is wrong."""


class StorefrontPackage(ABC):
    """A storefront as the registry lists it: its names at once, its parts when they are opened.

    `mintpost --help` prints the names, so a package imports its parts inside its methods.
    """

    name: ClassVar[str]
    """As in the webhook's path, in `events.source` and in products.yaml."""

    title: ClassVar[str]
    """The shop's name in a sentence."""

    example_order: ClassVar[str]
    """The beginning and the end of an order id, as help texts show one."""

    secret_variable: ClassVar[str]
    """The variable of the live webhook secret."""

    address_ends: ClassVar[str] = ""
    """The part of the webhook's address behind its path; `{}` stands for the secret."""

    @abstractmethod
    def api_settings(self) -> "type[EnvironmentSettings]":
        """Return the settings that the API reads: secrets, and no key of the shop's API."""

    @abstractmethod
    def worker_settings(self) -> "type[EnvironmentSettings]":
        """Return the settings that the worker reads: no secret of the webhook."""

    @abstractmethod
    def open_for_api(self, load: Load) -> "Storefront":
        """Build the storefront that takes requests in. Raises SettingsError."""

    @abstractmethod
    def open_for_worker(self, load: Load) -> "Storefront":
        """Build the storefront that reads events. Raises SettingsError."""

    @abstractmethod
    def sample_shop(self, secret: str) -> "SampleShop":
        """Return a shop that sends made-up sales of nobody's account, for demo and torture."""

    @abstractmethod
    def own_sample_shop(self, load: Load, secret: str | None) -> "SampleShop | None":
        """Return a shop that sends made-up sales of the account in the settings, for smoke.

        It authenticates with `secret`, or the one of the settings; None where neither is given.
        """
