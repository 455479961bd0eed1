"""The settings of a shop that signs its requests: the same names for each shop.

`<SHOP>_WEBHOOK_SECRET` is the whole secret, commas included. A second one is good while one
replaces another, and the test side of the shop has its own.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import AnyHttpUrl, SecretStr, create_model

from domain.event import SecretLabel
from kit.doors.labeled_secrets import LabeledSecret
from kit.environment import EnvironmentSettings
from storefronts.api_account import ApiAccount

S = TypeVar("S", bound=EnvironmentSettings)

SIDES: Mapping[SecretLabel, str] = {"live": "", "test": "test_"}
SECRETS = ("webhook_secret", "webhook_secret_2")


def secret_fields(shop: str) -> tuple[str, ...]:
    """Return the fields of the secrets, first the usual one."""
    return tuple(f"{shop}_{side}{secret}" for side in SIDES.values() for secret in SECRETS)


def key_fields(shop: str) -> tuple[str, ...]:
    names = ("api_key", "api_url")
    return tuple(f"{shop}_{side}{name}" for side in SIDES.values() for name in names)


class SignedApiSettings(EnvironmentSettings):
    """The secrets of one shop. `api_settings` makes the class with the shop's names."""

    def secrets(self) -> tuple[LabeledSecret, ...]:
        return tuple(self._secrets())

    def _secrets(self) -> Iterator[LabeledSecret]:
        for name in type(self).model_fields:
            given = getattr(self, name)
            if isinstance(given, SecretStr):
                label: SecretLabel = "test" if "_test_" in name else "live"
                yield LabeledSecret(given.get_secret_value(), label)


class SignedWorkerSettings(EnvironmentSettings):
    """The keys of one shop's API. `worker_settings` makes the class with the shop's names."""

    def account(self, shop: str, label: SecretLabel, url: str) -> ApiAccount:
        """Return one side of the shop. `url` is the shop's own address of its API."""
        side = SIDES[label]
        key: SecretStr | None = getattr(self, f"{shop}_{side}api_key")
        own: AnyHttpUrl | None = getattr(self, f"{shop}_{side}api_url")
        return ApiAccount(
            url=url if own is None else str(own).rstrip("/"),
            variable=f"{shop}_{side}api_key".upper(),
            key=None if key is None else key.get_secret_value(),
        )


@cache
def api_settings(shop: str) -> type[SignedApiSettings]:
    name = f"{shop.capitalize()}ApiSettings"
    return _made(name, SignedApiSettings, dict.fromkeys(secret_fields(shop), SecretStr))


@cache
def worker_settings(shop: str, *further: str) -> type[SignedWorkerSettings]:
    """Return the keys and addresses of the shop's API, and `further` texts such as an account."""
    kinds = {name: SecretStr if name.endswith("key") else AnyHttpUrl for name in key_fields(shop)}
    name = f"{shop.capitalize()}WorkerSettings"
    return _made(name, SignedWorkerSettings, {**kinds, **dict.fromkeys(further, str)})


def _made(name: str, base: type[S], fields: Mapping[str, type]) -> type[S]:
    """Make a class of settings. Each field is optional."""
    optional: dict[str, Any] = {each: (kind | None, None) for each, kind in fields.items()}
    return create_model(name, __base__=base, **optional)
