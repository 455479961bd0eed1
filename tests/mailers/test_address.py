import pytest

from mailers.address import mailable


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("buyer@example.com", "buyer@example.com"),
        ("Buyer.Name+Tag@EXAMPLE.com", "Buyer.Name+Tag@example.com"),
        ("Info@example.com", "Info@example.com"),
        ("o'brien@shop.test", "o'brien@shop.test"),
        ("buyer@shop.invalid", "buyer@shop.invalid"),
        ("buyer@bücher.example", "buyer@xn--bcher-kva.example"),
        ("buyer@почта.рф", "buyer@xn--80a1acny.xn--p1ai"),
        ("buyer@ＥＸＡＭＰＬＥ.com", "buyer@example.com"),  # noqa: RUF001 - a full-width domain is the case
    ],
)
def test_the_domain_is_normalized_and_the_local_part_stays(address: str, to: str) -> None:
    assert mailable(address, 1) == to
