"""Verify webhooks with Stripe's client on PyPI: a list of answers, one for each request."""

import json
import sys
from importlib import import_module
from typing import Any

client = import_module("stripe")


def is_verified(asked: dict[str, Any]) -> bool:
    try:
        client.WebhookSignature.verify_header(
            asked["body"], asked["signature"], asked["secret"], asked["patience"]
        )
    except client.SignatureVerificationError:
        return False
    return True


given = json.load(sys.stdin)
sys.stdout.write(json.dumps([is_verified(each) for each in given["requests"]]))
