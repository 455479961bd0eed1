"""Commits an authenticated request, and only then answers 200."""

import asyncio
import logging
import re
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from api.authentication import SENDER, Sender, envelope_of
from api.bodies import read_cut
from db.requests import NewRequest
from domain.event import ORDER_KINDS, EventKind
from domain.identifiers import order_reference
from kit.doors.base import Envelope
from kit.instruments import REQUESTS
from kit.log_context import Names, note, subject
from kit.tracing import note_on_span, request_span, trace_of
from relay.store import NotStoredError, Store
from storefronts.base import Door, Naming, StoredRequest

logger = logging.getLogger(__name__)

LONGEST_NAMED = 64 * 1024
"""The longest body that the API names, in bytes."""

LONGEST_QUICK = 8 * 1024
"""A longer body may take 50 ms to name, and ordinary requests need not wait that long."""

SECRET_NAME = re.compile("auth|cookie|token|secret|password|api-?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inbox:
    storefronts: Mapping[str, Door]
    store: Store
    quick: Executor = field(default_factory=partial(ThreadPoolExecutor, 1, "naming"))
    slow: Executor = field(default_factory=partial(ThreadPoolExecutor, 1, "naming-long"))

    async def receive(self, source: str, request: Request) -> int | None:
        """Return the event's id; None if the request went into the spool.

        Raises 404 unless the gate has authenticated the storefront in the path.
        """
        sender = request.scope.get(SENDER)
        if not isinstance(sender, Sender) or sender.source != source:
            raise HTTPException(404)
        storefront = self.storefronts[source]
        body, size = await read_cut(request)
        stored = StoredRequest(
            _unless_secret(_content_type(request), storefront),
            body,
            sender.at,
            headers=tuple(_without_secrets(envelope_of(request.scope), storefront)),
            secret_label=sender.secret.label,
        )
        naming = await self.name(storefront, stored)
        request_id = uuid4()
        # No block: uvicorn logs the answer after this function has returned.
        note(**names_of(storefront, naming))
        note(request=str(request_id), trace=trace_of(request_id))
        new = NewRequest(
            request_id=request_id,
            source=source,
            kind=naming.kind,
            order_id=naming.order_id,
            product_id=naming.product_id,
            received_at=sender.at,
            sender=_unless_secret(_sender(request), storefront) or None,
            content_type=stored.content_type,
            headers=stored.headers,
            body=body,
            body_bytes=size,
            matched_secret=sender.secret.position,
            secret_label=stored.secret_label,
            event_key=naming.event_key,
        )
        with request_span(request_id, source, sender.at):
            return await self.keep(new)

    async def keep(self, new: NewRequest) -> int | None:
        """Store the request, and name its event to log, metrics and trace."""
        try:
            event_id = await self.store.keep(new)
        except NotStoredError:
            REQUESTS.count(new.source, "nowhere")
            raise
        REQUESTS.count(new.source, "spool" if event_id is None else "database")
        note(event=event_id)
        note_on_span(event=event_id, order=subject().order, kind=new.kind)
        return event_id

    async def name(self, storefront: Door, stored: StoredRequest) -> Naming:
        """Name a request in a thread, because parsing blocks. The worker names large bodies."""
        if len(stored.body) > LONGEST_NAMED:
            return Naming(EventKind.UNKNOWN, event_key=storefront.key_in_header(stored))
        thread = self.quick if len(stored.body) <= LONGEST_QUICK else self.slow
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(thread, storefront.name_request, stored)


def names_of(storefront: Door, naming: Naming) -> Names:
    """Return order and run for the log. An event's own run has its name only once it is stored."""
    if naming.order_id is None:
        return {}
    names: Names = {"order": order_reference(storefront.name, naming.order_id)}
    if naming.kind in ORDER_KINDS:
        names["workflow"] = storefront.workflow_id(0, naming.kind, naming.order_id)
    return names


def webhook_routes(inbox: Inbox) -> APIRouter:
    router = APIRouter()

    @router.post("/webhooks/{source}")
    async def receive(source: str, request: Request) -> JSONResponse:
        try:
            event_id = await inbox.receive(source, request)
        except NotStoredError:
            # 503 makes the shop retry.
            return JSONResponse({"detail": "not stored, please send again"}, 503)
        except ClientDisconnect:
            logger.warning("a %s request broke off and was not answered", source)
            return JSONResponse({"detail": "incomplete"}, 400)
        return JSONResponse({"event": event_id})

    return router


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")


def _sender(request: Request) -> str:
    # A proxy may have copied the sender's own words.
    return request.client.host if request.client else ""


def _unless_secret(text: str, storefront: Door) -> str:
    return "" if storefront.holds_secret(text) else text


def _without_secrets(envelope: Envelope, storefront: Door) -> list[tuple[str, str]]:
    # Proxies repeat the query and the password, and so the secret, in headers such as
    # X-Original-URI, and in several spellings.
    return [
        (name, value)
        for name, value in envelope.headers
        if not SECRET_NAME.search(name)
        and "secret=" not in value
        and not (envelope.query and envelope.query in value)
        and not storefront.holds_secret(name)
        and not storefront.holds_secret(value)
    ]
