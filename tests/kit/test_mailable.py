import re
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from domain.errors import RecipientRefusedError
from kit.addresses import mailable


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("buyer@example.com", "buyer@example.com"),
        ("Buyer.Name+Tag@EXAMPLE.com", "Buyer.Name+Tag@example.com"),
        ("Info@example.com", "Info@example.com"),
        ("o'brien@shop.test", "o'brien@shop.test"),
        ("buyer@shop.invalid", "buyer@shop.invalid"),
        ("buyer@bücher.example", "buyer@xn--bcher-kva.example"),
        # Registered domains that take mail, although IDNA 2008 refuses emoji and these two hyphens.
        ("buyer@xn--ls8h.la", "buyer@xn--ls8h.la"),
        ("buyer@XN--LS8H.la", "buyer@xn--ls8h.la"),
        ("buyer@in--focus.com", "buyer@in--focus.com"),
        ("buyer@mail.in--focus.co.uk", "buyer@mail.in--focus.co.uk"),
        ("buyer@почта.рф", "buyer@xn--80a1acny.xn--p1ai"),
        ("buyer@ＥＸＡＭＰＬＥ.com", "buyer@example.com"),  # noqa: RUF001 - a full-width domain is the case
    ],
)
def test_the_domain_is_normalized_and_the_local_part_stays(address: str, to: str) -> None:
    assert mailable(address, 1) == to


@pytest.mark.parametrize(
    "address",
    [
        "buyer@-focus.com",
        "buyer@focus-.com",
        "buyer@in--focus",
        "buyer@in--focus.com.",
        "buyer@in--focus..com",
        "buyer@in--focus.1",
        "buyer@in--focus.com,eve@example.com",
        "buyer@in--focus.com\r\nBcc: eve@example.com",
        "buyer,eve@in--focus.com",
        "buyer <eve@in--focus.com",
        f"buyer@{'a' * 64}.com",
        f"buyer@{'a.' * 125}com",
        f"{'b' * 64}@{'a' * 63}.{'a' * 63}.{'a' * 63}.com",
    ],
)
def test_an_impossible_host_name_is_refused(address: str) -> None:
    with pytest.raises(RecipientRefusedError):
        mailable(address, 1)


PARTS = st.text(st.sampled_from('ab1.-_+@ ,;:<>()[]"\\\r\n\0\u200b\u00fc'), max_size=12)


@given(PARTS, st.sampled_from(["example.com", "in--focus.com", "xn--ls8h.la"]), PARTS)
def test_only_one_bare_ascii_address_gets_into_to(before: str, host: str, after: str) -> None:
    with suppress(RecipientRefusedError):
        to = mailable(f"{before}@{host}{after}", 1)
        assert re.fullmatch(r"[a-z0-9._+-]+@[a-z0-9.-]+", to)
