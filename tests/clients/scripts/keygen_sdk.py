"""Take a license through its life with `keygen-sdk`, which verifies each answer's signature."""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

asked = json.load(sys.stdin)
keygen: Any = import_module("keygen")
keygen.api_url, keygen.license_key = asked["url"], asked["key"]
keygen.public_key, keygen.product = asked["public_key"], asked["product"]


def error(call: Callable[..., Any], *given: str) -> str | None:
    """Return the name of the exception. None: the client read an answer."""
    try:
        call(*given)
    except keygen.errors.KeygenError as refusal:
        return type(refusal).__name__
    return None


answers: dict[str, Any] = {"new": error(keygen.validate, "fp")}
license_ = keygen.license.me()
machine = license_.activate("fp")
answers |= {
    "taken": error(license_.activate, "fp"),
    "full": error(license_.activate, "another"),
    "valid": keygen.validate("fp").last_validation.code,
    "other": error(keygen.validate, "another"),
}
machine.ping()
file, plain = license_.checkout(ttl=7200), license_.checkout(encrypt=False)
file.verify()
plain.verify()
answers |= {
    "heartbeat": machine.heartbeat_status,
    "by_id": keygen.validate(machine.fingerprint).last_validation.code,
    "found": license_.machine("fp").id == machine.id,
    "listed": [one.id for one in license_.machines()] == [machine.id],
    "entitlements": license_.entitlements(),
    "file": file.decrypt(license_.key).license.key,
    "ttl": file.ttl,
    "plain": plain.decode().license.id == license_.id,
}
machine.deactivate()
answers["again"] = error(machine.deactivate)
answers["gone"] = error(keygen.validate, "fp")
keygen.license_key = asked["suspended"]
answers["suspended"] = error(keygen.validate)
keygen.license_key = asked["expired"]
answers["expired"] = error(keygen.validate)
keygen.license_key = "nope"
answers["unknown"] = error(keygen.validate)
keygen.license_key, keygen.public_key = asked["key"], "0" * 64
answers["forged"] = error(keygen.validate)
print(json.dumps(answers))  # noqa: T201 - the result
