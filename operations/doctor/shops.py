"""Checks each shop that sells by products.yaml: its secret, its API key, its registrations."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from domain.event import SecretLabel
from domain.findings import broken, ok, unchecked
from operations.doctor.checks import Check, Told
from operations.doctor.registered import RegistrationCheck
from storefronts.base import Storefront

SHOPS = "Shops"
SIDES: tuple[SecretLabel, ...] = ("live", "test")
IN_THE_API = "mintpost doctor, in the environment of the API"
IN_THE_WORKER = "mintpost doctor, in the environment of the worker"


@dataclass(frozen=True, slots=True)
class Shops:
    """The shops as this environment describes them.

    `doors` have the API's secrets, and `readers` the worker's keys; None: its settings are broken.
    `keys` are the variables of API keys by shop and side. `given` are the variables that are set.
    `has_secrets`: a webhook's secret of any shop is set, so this is the environment of an API.
    `is_worker`: the signing key is set, so this is the environment of a worker.
    """

    doors: Mapping[str, Storefront] | None
    readers: Mapping[str, Storefront] | None
    keys: Mapping[tuple[str, SecretLabel], str]
    given: Collection[str]
    has_secrets: bool
    is_worker: bool
    public: str | None

    def checks(self, in_use: Collection[str]) -> Iterator[Check]:
        for name in sorted(in_use):
            yield Check(SHOPS, f"{name} secret", self._secret(name))
            yield from self._registrations(name)

    def _secret(self, name: str) -> Told:
        part = f"{name} secret"
        if self.doors is None:
            return Told(unchecked(part, "the settings of the shops are broken"))
        door = self.doors[name]
        missing = door.missing()
        if missing is None:
            return Told(ok(part, f"the webhook /webhooks/{name} has a secret"))
        if not self.has_secrets:
            return Told(unchecked(part, f"{missing} is not set here", IN_THE_API))
        lost = f"{missing} is not set, so every call of /webhooks/{name} is refused, and lost"
        return Told(broken(part, lost, door.setup_advice.format(name=name)))

    def _registrations(self, name: str) -> Iterator[Check]:
        part = f"{name} webhooks"
        if self.readers is None:
            told = unchecked(part, "the settings of the shops' APIs are broken")
            yield Check(SHOPS, part, Told(told))
            return
        set_here = [side for side in SIDES if self.keys.get((name, side)) in self.given]
        for side in set_here:
            check = RegistrationCheck(self.readers[name], side, self.public)
            yield Check(SHOPS, check.part, check.findings)
        if not set_here:
            key = self.keys[name, "live"]
            remedy = f"set {key} for the worker" if self.is_worker else IN_THE_WORKER
            told = unchecked(part, f"{key} is not set here", remedy)
            yield Check(SHOPS, part, Told(told))
