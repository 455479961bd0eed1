"""Each change of a license ends in the token of its new state, and no app gets an older one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.orm import Session
from typing_extensions import override

from activities.tokens import TokenSigner
from db.engine import Database
from db.reliving import locked_license
from db.sales import save_sale
from db.signing_keys import KnownKey, remember_key
from db.tokens import AT_ONCE
from domain.event import EventKind
from domain.granting import Granting
from domain.license import License
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from operations.import_file import open_import
from operations.importing import import_lines
from operations.keys import revoke
from tests.activities.changing import (
    CATALOG,
    YEAR,
    act,
    dispute,
    extend,
    refund,
    remap,
    restore_it,
    revoke_it,
    seats,
    sell,
    tier,
    tokens,
    win,
)
from tests.db.rows import NOON, license_of, minted, sale_of, store_event

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def no_rest(_seconds: float) -> None:
    return


@pytest.fixture
def worker(database: Database, signer: Signer) -> TokenSigner:
    return TokenSigner(database, signer, rest=no_rest)


Change = Callable[[Database], None]


@pytest.mark.parametrize(
    "changes",
    [[extend], [seats], [tier], [revoke_it, restore_it], [refund], [dispute, win], [remap]],
    ids=["extend", "seats", "tier", "revoke", "refund", "dispute", "remap"],
)
async def test_each_change_takes_the_token_back_and_gives_the_next(
    database: Database, worker: TokenSigner, signer: Signer, changes: Sequence[Change]
) -> None:
    sell(database)
    assert tokens(database, signer) == [None]
    await worker.run_once()
    assert tokens(database, signer) == ["right"]
    for change in changes:
        change(database)
        assert tokens(database, signer) == [None]
        await worker.run_once()
        assert tokens(database, signer) == ["right"]


@ON_SQLITE
async def test_a_charge_gives_the_license_of_the_subscription_its_next_token(
    database: Database, worker: TokenSigner, signer: Signer
) -> None:
    sell(database, "order-1", "subscription")
    await worker.run_once()

    def charge(session: Session) -> None:
        sale = replace(sale_of("order-2", "subscription"), charge=True, sold_at=NOON + YEAR)
        event_id = store_event(session, "order-2")
        sale_id = save_sale(session, event_id, sale, NOON)
        minted(session, sale, license_of(sale_id, "other", NOON + 2 * YEAR, event_id))

    database.write_here(charge)
    assert tokens(database, signer) == [None]
    await worker.run_once()
    assert tokens(database, signer) == ["right"]


@ON_SQLITE
async def test_a_change_of_nothing_that_the_token_says_leaves_it(
    database: Database, worker: TokenSigner, signer: Signer
) -> None:
    sell(database)
    await worker.run_once()
    act(database, EventKind.KEY, key="ABCD-1234")
    assert tokens(database, signer) == ["right"]


def bring_many(database: Database, folder: Path) -> list[str]:
    """Import more licenses than one transaction signs. Return the words for all tokens."""
    file = folder / "licenses.csv"
    lines = [f"K-{number},{number}@example.com,product-1" for number in range(AT_ONCE + 1)]
    file.write_text("\n".join(["key,email,product", *lines]))
    granting = Granting(CATALOG, "gumroad", "operator", None, mail=False, now=NOON)
    return ["right" for _ in import_lines(database, open_import(file, NOON), granting)]


@ON_SQLITE
async def test_imported_licenses_get_their_tokens(
    database: Database, worker: TokenSigner, signer: Signer, tmp_path: Path
) -> None:
    all_right = bring_many(database, tmp_path)
    await worker.run_once()
    assert tokens(database, signer) == all_right


class Interrupted(Signer):
    """Signs while somebody extends the license in a transaction of its own."""

    database: Database
    extending: Thread | None = None

    @override
    def sign(self, license_: License) -> str:
        token = super().sign(license_)
        if self.extending is None:
            self.extending = Thread(target=extend, args=[self.database])
            self.extending.start()
            # The row's lock holds it up; without the lock it would be done by then.
            self.extending.join(timeout=0.3)
        return token


async def test_a_change_while_the_token_is_signed_is_not_lost(database: Database) -> None:
    signer = Interrupted(generate_private_key(), "mintpost")
    signer.database = database
    worker = TokenSigner(database, signer, rest=no_rest)
    sell(database)
    await worker.run_once()
    assert signer.extending is not None
    signer.extending.join()
    await worker.run_once()
    assert tokens(database, signer) == ["right"]


@ON_POSTGRES
async def test_a_license_that_is_changing_right_now_holds_up_no_other(
    database: Database, worker: TokenSigner, signer: Signer
) -> None:
    sell(database)
    sell(database, "order-2")
    with Session(database.engine) as changing, changing.begin():
        locked_license(changing, 1).seats = 9
        changing.flush()
        await worker.run_once()
        assert tokens(database, signer) == [None, "right"]
    await worker.run_once()
    assert tokens(database, signer) == ["right", "right"]


async def test_a_start_with_another_key_signs_anew_and_once(
    database: Database, worker: TokenSigner, tmp_path: Path
) -> None:
    all_right = bring_many(database, tmp_path)
    await worker.run_once()
    renewed = Signer(generate_private_key(), "mintpost")
    await TokenSigner(database, renewed, rest=no_rest).run_once()
    assert tokens(database, renewed) == all_right
    # Two workers with two keys do not take each other's tokens back for ever.
    await worker.run_once()
    assert tokens(database, renewed) == all_right


@ON_SQLITE
async def test_a_start_with_another_issuer_signs_anew(database: Database) -> None:
    pem = generate_private_key()
    first, renewed = Signer(pem, "mintpost"), Signer(pem, "another")
    sell(database)
    await TokenSigner(database, first, rest=no_rest).run_once()
    await TokenSigner(database, renewed, rest=no_rest).run_once()
    assert tokens(database, renewed) == ["right"]


@ON_SQLITE
async def test_a_revoked_key_signs_no_token_and_its_tokens_are_taken_back(
    database: Database, worker: TokenSigner, signer: Signer
) -> None:
    key = signer.public_key
    database.write_here(remember_key, KnownKey(key.kid, key.x), NOON)
    sell(database)
    await worker.run_once()
    revoke(database, signer.kid, "stolen")
    assert tokens(database, signer) == [None]
    assert "revoked" in str(await worker.run_once())
    assert tokens(database, signer) == [None]


@ON_SQLITE
async def test_the_loop_rests_longer_than_it_writes(database: Database, signer: Signer) -> None:
    rests = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    sell(database)
    await TokenSigner(database, signer, rest=rest).run_once()
    assert len(rests) == 1
    assert rests[0] > 0
