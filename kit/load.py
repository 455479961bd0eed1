"""The reader of settings, as a composition root hands it to the packages that it opens."""

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from kit.environment import EnvironmentSettings

    S = TypeVar("S", bound=EnvironmentSettings)


class Load(Protocol):
    """Reads a class of settings from the environment.

    Composition roots pass their own, because only composition roots read settings.
    """

    def __call__(self, settings: type["S"], /) -> "S":
        """Return the settings. Raises SettingsError with every mistake."""
