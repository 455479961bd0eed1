"""The text of a license e-mail, and the token attached to it."""

from dataclasses import replace
from datetime import UTC, datetime

import jwt
import pytest
from sqlalchemy.orm import Session

from db.engine import Database
from db.owed_emails import load_owed_email
from db.sales import save_sale
from letters.composing import Letters, Shop
from mailers.base import Mark
from tests.db.rows import (
    NOON,
    license_of,
    mint,
    minted,
    sale_of,
    store_end,
    store_event,
)

LUMEN = Shop("Lumen <hello@lumenapp.example>", url="https://lumenapp.example/shop/")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("stored", ["2027-12-01 00:00:05", "2027-12-01 23:59:59"])
def test_the_last_day_that_a_letter_names_is_good_to_its_end(
    database: Database, letters: Letters, stored: str
) -> None:
    delivery_id = database.write_here(mint, sale_of()).delivery_id
    assert delivery_id is not None
    database.write_here(store_end, stored)

    mail = letters.compose(
        database.read_here(load_owed_email, delivery_id), Mark(delivery_id, "0f")
    )

    claims = jwt.decode(mail.attachments[0].content, options={"verify_signature": False})
    end = datetime.fromtimestamp(claims["exp"], UTC)
    assert end == datetime(2027, 12, 1, 23, 59, 59, tzinfo=UTC)
    assert "December 1, 2027 (UTC)" in mail.text
    assert "December 1, 2027 (UTC)" in mail.html


@ON_SQLITE
def test_a_letter_names_the_shop_the_receipt_s_number_and_whom_to_write_to(
    database: Database, letters: Letters
) -> None:
    sale = replace(sale_of(), order_number="252197085")
    delivery_id = database.write_here(mint, sale).delivery_id
    assert delivery_id is not None

    composed = replace(letters, shop=LUMEN).compose(
        database.read_here(load_owed_email, delivery_id), Mark(delivery_id, "0f")
    )

    assert "Order        252197085\nReference    gumroad:order-1\n" in composed.text
    assert "Sold by      Lumen, https://lumenapp.example/shop/\n" in composed.text
    assert "write to hello@lumenapp.example" in " ".join(composed.text.split())


@ON_SQLITE
@pytest.mark.parametrize("name", ["visit.evil.com", "Win! http://evil.com", "x" * 200])
def test_a_name_that_was_stored_long_ago_is_not_repeated_where_it_is_a_link(
    database: Database, letters: Letters, name: str
) -> None:
    delivery_id = database.write_here(mint, replace(sale_of(), name=name)).delivery_id
    assert delivery_id is not None

    mail = letters.compose(
        database.read_here(load_owed_email, delivery_id), Mark(delivery_id, "0f")
    )

    for part in (mail.subject, mail.text, mail.html, mail.to):
        assert name not in part
    assert mail.text.startswith("Hello,\n")


@ON_SQLITE
def test_a_joint_letter_has_the_licenses_as_the_order_lists_them(
    database: Database, letters: Letters
) -> None:
    def sell(session: Session) -> None:
        event_id = store_event(session)
        lines = [replace(sale_of(), line=line) for line in ("1", "2")]
        ids = [save_sale(session, event_id, each, NOON) for each in lines]
        for line, sale_id in reversed([*zip(lines, ids, strict=True)]):
            minted(session, line, license_of(sale_id, f"KEY-{line.line}"))

    database.write_here(sell)
    mail = letters.compose(database.read_here(load_owed_email, 1), Mark(1, "0f"))

    assert mail.text.index("KEY-1") < mail.text.index("KEY-2")
    tokens = [
        jwt.decode(each.content, options={"verify_signature": False})["key"]
        for each in mail.attachments
    ]
    assert tokens == ["KEY-1", "KEY-2"]
