"""A client of the kiosk shop's API, for the worker alone."""

from storefronts.api_account import ApiAccount
from storefronts.keyed_api import KeyedApi


def kiosk_api(url: str, key: str | None) -> KeyedApi:
    account = ApiAccount(url, "KIOSK_API_KEY", key)
    return KeyedApi("the kiosk", {"live": account, "test": account}, lambda got: got.status == 403)
