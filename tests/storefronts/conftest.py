"""Gumroad's recorded pings, and the ordinary sale with changed fields."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from storefronts.base import StoredRequest
from storefronts.body import FORM
from storefronts.gumroad.storefront import Gumroad

RECEIVED_AT = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)

FormWith = Callable[[str, Mapping[str, str | None]], StoredRequest]
Recorded = Callable[[str], StoredRequest]
SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]


@pytest.fixture
def gumroad() -> Gumroad:
    return Gumroad(["invented-secret"])


@pytest.fixture
def pings() -> Path:
    return Path(__file__).parents[1] / "data" / "gumroad" / "pings"


@pytest.fixture
def recorded(pings: Path) -> Recorded:
    return lambda name: StoredRequest(FORM, (pings / name).read_bytes(), RECEIVED_AT)


@pytest.fixture
def form_with(recorded: Recorded) -> FormWith:
    """Return a recorded form with replaced or added fields. None removes a field."""

    def build(name: str, changes: Mapping[str, str | None]) -> StoredRequest:
        pairs = parse_qsl(recorded(name).body.decode(), keep_blank_values=True)
        kept = [(field, text) for field, text in pairs if field not in changes]
        added = [(field, text) for field, text in changes.items() if text is not None]
        body = urlencode(kept + added, quote_via=quote, errors="surrogateescape")
        return StoredRequest(FORM, body.encode(), RECEIVED_AT)

    return build


@pytest.fixture
def sale_with(form_with: FormWith) -> SaleWith:
    return lambda changes: form_with("01_sale_ordinary.form", changes)
