"""A stored request as its storefront reads it."""

from datetime import datetime

from db.tables import EventRow
from storefronts.base import StoredRequest


def ping_of(
    event: EventRow, read_at: datetime | None = None, address: str | None = None
) -> StoredRequest:
    return StoredRequest(event.content_type, event.body, event.received_at, read_at, address)
