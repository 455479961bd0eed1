"""Subjects and names in the outbox's files read back unchanged."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import example, given, strategies as st

from domain.text import is_one_line
from mailers.outbox.encoded_words import mailbox_header, subject_header

LONG = "A shop with a long name, and more"
LOST_A_BLANK = "éüa漢漢é  éübb 漢漢ébéüa漢b  漢"
SUBJECTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)
MOSTLY_BLANKS = st.text("ab é漢👩\u200d =?_", max_size=200)


def parsed(head: bytes) -> EmailMessage:
    message = message_from_bytes(head + b"\r\nbody", policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def assert_fit_for_every_program(head: bytes) -> None:
    assert head.isascii()
    assert head.endswith(b"\r\n")
    assert all(len(line) <= 76 for line in head.split(b"\r\n"))


@given(SUBJECTS | MOSTLY_BLANKS)
@example(LOST_A_BLANK)
@example("")
@example(" ")
@example(" Your  license ")
@example("=?utf-8?q?no?=")
@example("Your license for " + "word " * 40)
@example("x" * 200)
def test_any_subject_is_read_back_as_it_was_written(subject: str) -> None:
    head = subject_header(subject)

    assert is_one_line(subject)
    assert_fit_for_every_program(head)
    assert parsed(head)["Subject"] == subject


def test_a_short_plain_subject_can_be_read_in_the_file() -> None:
    assert subject_header("Your license for Data Tools") == (
        b"Subject: Your license for Data Tools\r\n"
    )


@pytest.mark.parametrize("name", ["From", "Reply-To"])
@pytest.mark.parametrize(
    ("mailbox", "shown"),
    [
        ("shop@example.org", ""),
        ("Shop <shop@example.org>", "Shop"),
        ("Ada's Shop & Sons <shop@example.org>", "Ada's Shop & Sons"),
        ('"Shop, The" <shop@example.org>', "Shop, The"),
        ('"Shop \\"Two\\"" <shop@example.org>', 'Shop "Two"'),
        ("Bücher Größe <shop@example.org>", "Bücher Größe"),
        (f"{LOST_A_BLANK} <shop@example.org>", " ".join(LOST_A_BLANK.split())),
        ("李小龙的店 <shop@example.org>", "李小龙的店"),
        ("Shop 👩‍👩‍👧 <shop@example.org>", "Shop 👩‍👩‍👧"),
        (f'"{LONG}" <shop@example.org>', LONG),
        (f'"{LONG} Größe" <shop@example.org>', f"{LONG} Größe"),
    ],
)
def test_a_mailbox_is_read_back_with_its_name(name: str, mailbox: str, shown: str) -> None:
    head = mailbox_header(name, mailbox)

    assert_fit_for_every_program(head)
    # CPython's newer parser adds a blank between encoded words (3.11), so we use the older one.
    words, address = parseaddr(message_from_bytes(head + b"\r\nbody")[name])
    assert str(make_header(decode_header(words))) == shown
    assert address == "shop@example.org"
