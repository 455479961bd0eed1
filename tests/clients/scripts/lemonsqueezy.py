"""Activate, validate and release with Lemon Squeezy's client on PyPI."""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

asked = json.load(sys.stdin)
client = import_module("lemonsqueezy").LemonSqueezy(api_key="any", api_url=f"{asked['url']}/v1")
key = asked["key"]


def status(call: Callable[..., Any], *given: str) -> int | None:
    """Return the status of a refusal. None: the client read an answer."""
    try:
        call(*given)
    except Exception as error:  # noqa: BLE001 - each version of the client has other classes
        cause: Any = error.__cause__ or error
        return cause.response.status_code if hasattr(cause, "response") else -1
    return None


made = client.activate_license_key(key, "Ada's laptop")
instance = made.instance.id
answers = {
    "made": made.model_dump(),
    "full": status(client.activate_license_key, key, "another"),
    "known": client.validate_license_key(key, instance).model_dump(),
    "bare": client.validate_license_key(key).model_dump(),
    "gone": client.deactivate_license_key(key, instance).model_dump(),
    "again": status(client.validate_license_key, key, instance),
    "unknown": status(client.validate_license_key, "nope"),
}
print(json.dumps(answers))  # noqa: T201 - the result
