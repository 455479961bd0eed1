"""A stored request as its storefront reads it."""

from datetime import datetime

from db.events import StoredEvent
from db.requests import KeptRequest
from storefronts.base import StoredRequest


def ping_of(
    event: StoredEvent,
    request: KeptRequest,
    read_at: datetime | None = None,
    address: str | None = None,
) -> StoredRequest:
    return StoredRequest(request.content_type, request.body, event.received_at, read_at, address)
