"""Addresses that a sale may carry: the buyer has paid, even if the address is mistyped."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, strategies as st

from domain.errors import SaleInvalidError
from domain.sale import Sale
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.gumroad.payments import CLEANED
from storefronts.gumroad.storefront import Gumroad
from tests.support.cases import case
from tests.support.sales import note_of, sale_in

SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]

RENEWAL = {"is_recurring_charge": "true", "subscription_id": "subscription=="}
INVISIBLE = "\u200b\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\u00ad\u061c\u180e\u034f\ufe0f"
BLANKS = " \t\u00a0\u2002\u2009\u202f\u205f\u3000\u2800"


def parsed(gumroad: Gumroad, ping: StoredRequest) -> Sale:
    sale = sale_in(gumroad, ping)
    assert isinstance(sale, Sale)
    return sale


CLEARED = (
    *(f"{one}ada@example.com" for one in INVISIBLE + BLANKS),
    *(f"ada@example.com{one}" for one in INVISIBLE + BLANKS),
    *(f"a{one}da@exam{one}ple.com" for one in INVISIBLE),
    *(f"ada{one}@{one}example.com" for one in INVISIBLE + BLANKS),
    "\u200d ada\u200c@example\u200d.com\u00a0\u200d\u00a0",
)


@pytest.mark.parametrize("more", [{}, RENEWAL], ids=["sale", "renewal"])
def test_what_cannot_be_meant_is_left_out_with_a_note(
    more: Mapping[str, str], gumroad: Gumroad, sale_with: SaleWith
) -> None:
    for typed in CLEARED:
        with case(ascii(typed)):
            ping = sale_with({"email": typed, **more})
            assert parsed(gumroad, ping).email == "ada@example.com"
            assert note_of(gumroad, ping) == CLEANED


@pytest.mark.parametrize(
    "address",
    [
        "ada@xn--ls8h.la",
        "ada@in--focus.com",
        "ada@[192.0.2.1]",
        "ada@[IPv6:2001:db8::1]",
        "ada@192.0.2.1",
        "ada@localhost",
        "ada..b@docomo.ne.jp",
        ".ada.@docomo.ne.jp",
        "ada@-example-.com",
        "ada@under_score.example.com",
        "ada@example.com.",
        f"{'a' * 65}@example.com",
        f"{'a' * 200}@{'b' * 50}.com",
        '"ada, eve"@example.com',
        '"ada @ home"@example.com',
        r'"ada \" b"@example.com',
        "ada lovelace@example.com",
        "zoë@bücher.example",
        "नमस्ते\u200d्य@example.com",
        "ада@почта.рф",
        "ada+tag!#$%&'*/=?^_`{|}~@example.com",
    ],
)
def test_an_address_that_the_storefront_took_is_taken_as_it_is(
    address: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with({"email": address})

    assert parsed(gumroad, ping).email == address
    assert note_of(gumroad, ping) is None


@pytest.mark.parametrize(
    "typed",
    [
        "\u200b",
        "\u00a0 \t",
        "ada",
        "@",
        "ada@",
        "@example.com",
        "ada@eve@example.com",
        "ada@example.com,eve@example.com",
        "ada@example.com;eve@example.com",
        "ada@example.com eve@example.com",
        "ada,eve@example.com",
        "<ada@example.com>",
        "Ada <ada@example.com>",
        "mailto:ada@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        '"ada\r\nBcc: eve"@example.com',
        "ada@exam\u2028ple.com",
        "\u200bada@example.com\n",
        "ada\0@example.com",
        "ada@[example.com",
        "ada@[a b]",
        'a"da@example.com',
        '"ada@example.com',
        '"ada"eve@example.com',
        f"ada@{'a' * 5000}.com",
        f"ada{' ' * 500_000}b@example.com",
        f"ada@example.com{chr(0x200B) * 5000}",
    ],
    ids=lambda typed: ascii(typed)[:40],
)
def test_what_is_no_single_bare_address_is_refused(
    typed: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    with pytest.raises(SaleInvalidError) as raised:
        sale_in(gumroad, sale_with({"email": typed}))

    what = "email must be one bare e-mail address"
    assert raised.value.sentence == SaleInvalidError(what).sentence


@given(st.text(st.sampled_from('ab.@ ,;<>"\\[]\r\n\0\u2028\u200b\u200d\u00a0é'), max_size=20))
def test_an_address_is_one_line_and_one_mailbox(typed: str) -> None:
    try:
        address = values.address("email", typed)
    except SaleInvalidError:
        return
    local, _, domain = address.rpartition("@")
    assert not {"\r", "\n", "\0", "\u2028", "\u200b"} & set(address)
    assert not {"@", ",", ";", "<", ">", '"'} & set(domain)
    assert local.startswith('"') or not {"@", ",", ";", "<", ">"} & set(local)
    assert values.address("email", address) == address
