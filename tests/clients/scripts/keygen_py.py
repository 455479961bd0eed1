"""Take a license through its life with `keygen-py`, the strict client in Rust."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable
from importlib import import_module
from typing import Any

asked = json.load(sys.stdin)
keygen: Any = import_module("keygen_sh")
config: Any = import_module("keygen_sh.config")


def configure(key: str, public_key: str) -> None:
    config.set_config(
        config.KeygenConfig(
            api_url=asked["url"],
            api_version="1.8",
            api_prefix="v1",
            account=asked["account"],
            product=asked["product"],
            license_key=key,
            public_key=public_key,
        )
    )


async def error(answer: Awaitable[Any]) -> str | None:
    """Return the message of the exception. None: the client read an answer."""
    try:
        await answer
    except Exception as refusal:  # noqa: BLE001 - its class is in a module of a random name
        return str(refusal)
    return None


async def main() -> dict[str, Any]:
    configure(asked["key"], asked["public_key"])
    new = await error(keygen.validate(["fp"], []))
    license_ = await keygen.validate([], [])
    machine = await license_.activate_machine(license_.id, "fp", [])
    valid = await keygen.validate(["fp"], [])
    alive = await machine.ping()
    file = await license_.checkout(7200, ["entitlements"])
    file.verify()
    answers = {
        "new": new,
        "taken": await error(license_.activate_machine(license_.id, "fp", [])),
        "full": await error(license_.activate_machine(license_.id, "another", [])),
        "valid": valid.status,
        "heartbeat": alive.heartbeat_status,
        "listed": [one.id for one in await license_.machines()] == [machine.id],
        "found": (await license_.machine("fp")).fingerprint,
        "file": file.decrypt(license_.key).license.key,
        "ttl": file.ttl,
    }
    await machine.deactivate()
    answers["gone"] = await error(keygen.validate(["fp"], []))
    configure("nope", asked["public_key"])
    answers["unknown"] = await error(keygen.validate([], []))
    configure(asked["key"], "0" * 64)
    answers["forged"] = await error(keygen.validate([], []))
    return answers


print(json.dumps(asyncio.run(main())), flush=True)  # noqa: T201 - the result
# The client's own threads abort a Python that ends while they work (SIGABRT, one time in ten).
os._exit(0)
