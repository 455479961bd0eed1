"""The contract of a storefront's package; `tests/storefronts/test_packages.py` tests each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from domain.event import SecretLabel
from kit.load import Load
from storefronts.abilities import Abilities
from storefronts.id_forms import IdForm

if TYPE_CHECKING:
    from kit.environment import EnvironmentSettings
    from storefronts.base import Storefront
    from storefronts.sample import SampleShop


class StorefrontPackage(ABC):
    """A storefront's entry in the registry: names at once, parts only when a process opens them.

    `mintpost --help` prints only the names, so a package imports its parts inside its methods.
    """

    name: ClassVar[str]
    """The name in the webhook's path, in `events.source` and in products.yaml."""

    title: ClassVar[str]
    """The shop's name in a sentence."""

    example_order: ClassVar[str]
    """The beginning and the end of an order id, for help texts."""

    secret_variable: ClassVar[str]
    """The variable of the live webhook secret."""

    address_ends: ClassVar[str] = ""
    """The part of the webhook's address after the path; `{}` stands for the secret."""

    api_variables: ClassVar[frozenset[str]]
    """The names of the variables in `api_settings`, for callers that must not load pydantic."""

    worker_variables: ClassVar[frozenset[str]]
    """The names of the variables in `worker_settings`."""

    key_variables: ClassVar[Mapping[SecretLabel, str]] = {}
    """The variable of the key of the shop's API, for each side that has a key of its own."""

    abilities: ClassVar[Abilities]
    """The parts of a sale that the shop's events tell."""

    id_forms: ClassVar[tuple[IdForm, ...]] = ()
    """The forms of the ids that products.yaml may use."""

    set_up: ClassVar[str | None] = None
    """The page and section that tell how to register webhooks; None: the shop's own page."""

    free_ids: ClassVar[bool] = False
    """Tells whether the seller may choose a word as an id, beside the forms."""

    @abstractmethod
    def api_settings(self) -> "type[EnvironmentSettings]":
        """Return the API's settings: the secrets, but no key of the shop's API."""

    @abstractmethod
    def worker_settings(self) -> "type[EnvironmentSettings]":
        """Return the worker's settings, without the secrets of the webhook."""

    @abstractmethod
    def open_for_api(self, load: Load) -> "Storefront":
        """Build the storefront that authenticates and names requests. Raises SettingsError."""

    @abstractmethod
    def open_for_worker(self, load: Load) -> "Storefront":
        """Build the storefront that reads events. Raises SettingsError."""

    @abstractmethod
    def sample_shop(self, secret: str) -> "SampleShop":
        """Return a shop with a made-up account, for demo and torture."""

    @abstractmethod
    def own_sample_shop(
        self, load: Load, secret: str | None, *, live: bool = False
    ) -> "SampleShop | None":
        """Return a shop with the account in the settings, for the smoke test.

        The shop uses `secret`, or else the secret in the settings; None if there is no secret.
        `live`: its sales must be real ones, where the secret alone tells them from tests.
        """
