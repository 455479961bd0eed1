"""What a letter says of a license, beside the token that it carries."""

from datetime import UTC, datetime

import jwt
import pytest

from activities.letters import Letters
from db.deliveries import load_letter
from db.engine import Database
from mailers.base import Mark
from tests.db.rows import mint, sale_of, store_end

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("stored", ["2027-12-01 00:00:05", "2027-12-01 23:59:59"])
def test_the_last_day_that_a_letter_names_is_good_to_its_end(
    database: Database, letters: Letters, stored: str
) -> None:
    delivery_id = database.run_here(mint, sale_of()).delivery_id
    assert delivery_id is not None
    database.run_here(store_end, stored)

    mail = letters.compose(database.read_here(load_letter, delivery_id), Mark(delivery_id, "0f"))

    claims = jwt.decode(mail.attachments[0].content, options={"verify_signature": False})
    end = datetime.fromtimestamp(claims["exp"], UTC)
    assert end == datetime(2027, 12, 1, 23, 59, 59, tzinfo=UTC)
    assert "December 1, 2027 (UTC)" in mail.text
    assert "December 1, 2027 (UTC)" in mail.html
