"""Recorded pings that change a license, with random damage: each is facts, or a sentence."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlencode

from hypothesis import given, strategies as st

from db.facts import KINDS
from domain.errors import SaleInvalidError
from domain.event import APPLIED_KINDS, EventKind
from domain.facts import Fact
from storefronts.base import StoredRequest
from storefronts.body import FORM, JSON
from storefronts.gumroad.kinds import KIND_OF_RESOURCE
from storefronts.gumroad.storefront import Gumroad
from tests.storefronts.gumroad.test_changes import FACTS
from tests.support.pings import PINGS

GUMROAD = Gumroad()
RECEIVED_AT = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)

Pairs = list[tuple[str, str]]

FORMS: list[Pairs] = [
    parse_qsl((PINGS / f"{name}.form").read_text(), keep_blank_values=True) for name in FACTS
]
NAMES = sorted({name for form in FORMS for name, _ in form} | {"retry_count", "new_plan"})
times = st.datetimes().map(datetime.isoformat) | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2126-01-01", "1e999"]
)
anything = st.text(st.characters(exclude_categories=()), max_size=30)
texts = anything | times | st.sampled_from(["", "true", "false", "-1", "9" * 5000, "a:b"])
names = st.sampled_from(NAMES) | st.sampled_from(NAMES).map("custom_fields[{}]".format) | anything
resources = st.sampled_from(["sale", "payout", *KIND_OF_RESOURCE])
wrong = st.lists(st.tuples(names, texts) | st.tuples(st.just("resource_name"), resources))


def replaced(form: Pairs, changes: Pairs) -> Pairs:
    named = {name for name, _ in changes}
    return [*(pair for pair in form if pair[0] not in named), *changes]


def check(ping: StoredRequest) -> None:
    kind = GUMROAD.name_request(ping).kind
    reading = GUMROAD.read(ping)
    assert all(stored(fact) == fact for fact in reading.facts)
    if isinstance(reading.ends, SaleInvalidError):
        assert reading.ends.sentence.isprintable()
    elif kind in APPLIED_KINDS:
        assert (bool(reading.facts), reading.ends) == (True, None)
    else:
        assert kind != EventKind.UNKNOWN or reading.ends is not None


def stored(fact: Fact) -> Fact:
    """Return the fact as the database keeps it: as JSON in UTF-8, without a NUL."""
    text = json.dumps(KINDS[fact.kind].dump_python(fact, mode="json"), ensure_ascii=False)
    assert "\\u0000" not in text
    return KINDS[fact.kind].validate_json(text.encode())


def as_form(pairs: Pairs) -> StoredRequest:
    body = urlencode(pairs, quote_via=quote, errors="surrogatepass")
    return StoredRequest(FORM, body.encode(), RECEIVED_AT)


def as_json(pairs: Pairs) -> StoredRequest:
    return StoredRequest(JSON, json.dumps(dict(pairs)).encode(), RECEIVED_AT)


def with_strange_bytes(pairs: Pairs) -> StoredRequest:
    ping = as_form(pairs)
    return replace(ping, body=ping.body.replace(b"%20", b"\xff%\x00"))


@given(
    st.sampled_from(FORMS),
    wrong,
    st.sampled_from([replaced, list.__add__]),
    st.sampled_from([as_form, as_json, with_strange_bytes]),
)
def test_damaged_ping_is_facts_or_a_sentence(
    pairs: Pairs,
    changes: Pairs,
    damage: Callable[[Pairs, Pairs], Pairs],
    encode: Callable[[Pairs], StoredRequest],
) -> None:
    check(encode(damage(pairs, changes)))
