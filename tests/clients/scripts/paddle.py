"""Verify webhooks with Paddle's client on PyPI: a list of answers, one for each request."""

import json
import sys
from dataclasses import dataclass
from importlib import import_module


@dataclass
class Request:
    headers: dict[str, str]
    body: bytes


client = import_module("paddle_billing.Notifications")
asked = json.load(sys.stdin)
answers = [
    client.Verifier(each["patience"]).verify(
        Request(each["headers"], each["body"].encode()), client.Secret(each["secret"])
    )
    for each in asked["requests"]
]
sys.stdout.write(json.dumps(answers))
