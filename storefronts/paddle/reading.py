"""Reads Paddle's events into facts."""

from domain.errors import FactInvalidError, SaleInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import Ignored, Reading, Waits
from storefronts.base import StoredRequest
from storefronts.document import Member, read_document
from storefronts.paddle.adjustments import read_adjustment
from storefronts.paddle.events import (
    ADJUSTMENTS,
    CHANGES,
    COMPLETED,
    is_not_needed,
    is_simulated,
    kind_of,
)
from storefronts.paddle.payments import payment_of
from storefronts.paddle.subscriptions import (
    read_canceled,
    read_created,
    read_paused,
    read_updated,
)

UNKNOWN = Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))


def read_event(request: StoredRequest) -> Reading:
    return _read(read_document(request.body), request)


def _read(document: Member, request: StoredRequest) -> Reading:
    if is_simulated(document):  # Its ids are invented, so nothing else of it is read.
        return Reading(ends=Ignored(IgnoredReason.SIMULATION))
    name, kind = document["event_type"].text(), kind_of(document)
    if kind == EventKind.UNKNOWN:
        return UNKNOWN
    if name == COMPLETED:
        return _read_completed(document, request)
    if is_not_needed(name):
        return Reading(ends=Ignored(name))
    try:
        return _read_change(name, document, request)
    except SaleInvalidError as error:
        return Reading(ends=FactInvalidError(error.what))


def _read_completed(document: Member, request: StoredRequest) -> Reading:
    origin = document["data"]["origin"].text()
    if origin in CHANGES:
        return Reading(ends=Ignored(origin))
    return Reading((payment_of(document, request),))


def _read_change(name: str, document: Member, request: StoredRequest) -> Reading:
    if name in ADJUSTMENTS:
        return read_adjustment(document, request)
    match name:
        case "subscription.created":
            return read_created(document, request)
        case "subscription.canceled":
            return read_canceled(document, request)
        case "subscription.paused" | "subscription.resumed":
            return read_paused(document, request, paused=name.endswith("paused"))
        case _:
            return read_updated(document, request)
