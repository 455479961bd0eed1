"""A stored request as its storefront reads it."""

from datetime import datetime

from db.tables import Event
from storefronts.base import Ping


def ping_of(event: Event, read_at: datetime | None = None, address: str | None = None) -> Ping:
    return Ping(event.content_type, event.body, event.received_at, read_at, address)
