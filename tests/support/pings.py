"""Recorded bodies of Gumroad's pings, and copies with single fields changed."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

from db.requests import NewRequest

PINGS = Path(__file__).parent.parent / "data" / "gumroad" / "pings"


def recorded(number: str) -> bytes:
    """Return the body of `<number>_….form`."""
    (file,) = PINGS.glob(f"{number}_*.form")
    return file.read_bytes().strip()


def changed(body: bytes, **fields: str) -> bytes:
    """Return the body with these fields replaced or added, encoded as Gumroad does."""
    pairs = dict(parse_qsl(body.decode(), keep_blank_values=True)) | fields
    return urlencode(pairs, quote_via=quote).encode()


def order_of(body: bytes) -> str:
    return dict(parse_qsl(body.decode()))["sale_id"]


def new_event(body: bytes, order_id: str, kind: str = "sale") -> NewRequest:
    """Return the request that the API would store for this body."""
    return NewRequest(
        request_id=uuid4(),
        source="gumroad",
        kind=kind,
        order_id=order_id,
        product_id=None,
        received_at=datetime.now(UTC),
        sender="127.0.0.1",
        content_type="application/x-www-form-urlencoded",
        headers=(),
        body=body,
        body_bytes=len(body),
        matched_secret=0,
    )
