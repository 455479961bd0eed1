"""A stored request as its storefront reads it."""

from db.models import Event
from storefronts.base import Ping


def ping_of(event: Event) -> Ping:
    return Ping(event.content_type, event.body, event.received_at)
