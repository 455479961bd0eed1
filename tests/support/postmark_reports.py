"""Postmark's calls about a mail, after the recorded bodies."""

import json
from pathlib import Path
from typing import Any

BODIES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "postmark" / "webhooks.json").read_text()
)
DELIVERED_AT = "2026-09-01T14:05:14.7654321Z"
BOUNCED_AT = "2026-09-01T14:05:19.7654321Z"


def body(which: str, **changed: object) -> bytes:
    return json.dumps({**BODIES[which], **changed}).encode()


def marked(delivery_id: int, reference: str) -> dict[str, str]:
    """Return the metadata that Postmark gives back for a mail of ours."""
    return {"delivery": str(delivery_id), "reference": reference}
