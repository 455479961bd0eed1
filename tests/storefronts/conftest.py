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
def sale_with(recorded: Recorded) -> SaleWith:
    """Return file 01 with replaced or added fields. None removes a field."""

    def build(changes: Mapping[str, str | None]) -> StoredRequest:
        body = recorded("01_sale_ordinary.form").body.decode()
        fields = {**dict(parse_qsl(body, keep_blank_values=True)), **changes}
        kept = {name: text for name, text in fields.items() if text is not None}
        return StoredRequest(
            FORM, urlencode(kept, quote_via=quote, errors="surrogateescape").encode(), RECEIVED_AT
        )

    return build
