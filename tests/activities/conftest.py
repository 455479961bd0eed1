"""An owed e-mail, and a provider on the loopback."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from catalog.file import ProductsFile
from db.engine import Database
from fakes.postmark import FakePostmark
from letters.composing import Letters
from licensing.signing import Signer
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from tests.activities.attempts import Attempts
from tests.db.rows import mint, sale_of
from tests.support.running import PRODUCTS, TEMPLATES


@pytest.fixture
async def postmark() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


@pytest.fixture
def letters(signer: Signer, tmp_path: Path) -> Letters:
    file = tmp_path / "products.yaml"
    file.write_text(PRODUCTS)
    return Letters(ProductsFile(file, ("gumroad",)), signer, TEMPLATES)


@pytest.fixture
async def attempts(
    database: Database, letters: Letters, postmark: FakePostmark
) -> AsyncIterator[Attempts]:
    delivery_id = database.write_here(mint, sale_of()).delivery_id
    assert delivery_id is not None
    account = PostmarkAccount(postmark.token, "shop@example.org", api_url=postmark.url)
    async with aclosing(PostmarkEmailService(account)) as mailer:
        yield Attempts(database, letters, mailer, delivery_id)
