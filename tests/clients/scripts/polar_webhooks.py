"""Verify webhooks with polar-sdk or standardwebhooks: a list of answers, one for each request."""

import json
import sys
from importlib import import_module


def is_polars(request: dict[str, object]) -> bool:
    client = import_module("polar.webhooks")
    names = frozenset({json.loads(str(request["body"]))["type"]})
    try:
        client.validate_event(
            request["body"], request["headers"], request["secret"], names, lambda found: found
        )
    except client.PolarWebhookVerificationError:
        return False
    return True


def is_standard(request: dict[str, object]) -> bool:
    client = import_module("standardwebhooks")
    try:
        client.Webhook(request["secret"]).verify(request["body"], request["headers"])
    except client.WebhookVerificationError:
        return False
    return True


asked = json.load(sys.stdin)
verify = is_polars if asked["client"] == "polar" else is_standard
sys.stdout.write(json.dumps([verify(each) for each in asked["requests"]]))
