"""One mailbox has several spellings, and a new spelling moves no license."""

import pytest

from domain.addresses import same_address

ADA = "ada@example.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADA, "ADA@Example.com"),
        (ADA, " ada@example.com\n"),
        ("zoe\u0301@example.com", "zo\u00e9@example.com"),
        ("ada@m\u00fcller.example", "ada@xn--mller-kva.example"),
        ("ada@stra\u00dfe.example", "ada@XN--strae-oqa.example"),
        ("ada@\U0001f984.example", "ada@xn--3s9h.example"),
        ("ada@xn--\u00fc.example", "ada@XN--\u00dc.example"),
    ],
)
def test_spellings_of_one_mailbox_are_one_address(one: str, other: str) -> None:
    assert same_address(one, other)
    assert same_address(other, one)


@pytest.mark.parametrize(
    "other",
    [
        "ada@example.org",
        "adda@example.com",
        "ada+shop@example.com",
        "a.da@example.com",
        "ada@mail.example.com",
        "",
    ],
)
def test_another_mailbox_is_another_address(other: str) -> None:
    assert not same_address(ADA, other)


def test_letters_that_only_look_or_sound_alike_are_other_domains() -> None:
    assert not same_address("ada@stra\u00dfe.example", "ada@strasse.example")
    assert not same_address("\u0430da@example.com", ADA)
