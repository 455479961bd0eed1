"""The API registers its answer key, replaces a withdrawn one, and serves the list of keys."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from activities.answer_keys import AnswerKeySigner
from api.answer_keys import LISTED_WITHIN, AnswerKeyKeeper
from api.signed_lists import OLD
from db.answer_keys import SEEN_EVERY, all_answer_keys, withdraw_answer_key
from db.engine import Database
from db.signing_keys import KnownKey, remember_key
from licensing.answer_keys import verify_answer_keys
from licensing.answers import AnswerSigner
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.db.rows import NOON
from tests.support.online import OnlineApi, SetClock, online_api
from tests.support.waiting import until

PATH = "/v1/keys"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def new_key() -> bytes:
    return generate_private_key().encode()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def keeper(database: Database, clock: SetClock) -> AnswerKeyKeeper:
    return AnswerKeyKeeper(
        database, AnswerSigner(new_key(), "mintpost"), lambda _withdrawn: new_key(), clock
    )


@pytest.fixture
def worker(database: Database, signer: Signer, clock: SetClock) -> AnswerKeySigner:
    key = signer.public_key
    database.write_here(remember_key, KnownKey(key.kid, key.x), NOON)
    return AnswerKeySigner(database, signer, clock)


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path) as running:
        yield running


async def test_a_key_is_registered_once_and_seen_each_hour(
    database: Database, keeper: AnswerKeyKeeper, clock: SetClock
) -> None:
    seen = []
    for pause in (timedelta(0), SEEN_EVERY / 2, SEEN_EVERY / 2):
        clock.now += pause
        await keeper.run_once()
        (key,) = database.read_here(all_answer_keys)
        seen.append(key.seen_at - NOON)
    assert key.kid == keeper.signer.public_key.kid
    assert (key.created_at, seen) == (NOON, [timedelta(0), timedelta(0), SEEN_EVERY])


async def test_a_withdrawn_key_is_replaced_and_never_comes_back(
    database: Database, keeper: AnswerKeyKeeper
) -> None:
    await keeper.run_once()
    first = keeper.signer.public_key.kid
    database.write_here(withdraw_answer_key, first, "stolen", NOON)
    await keeper.run_once()
    second = keeper.signer.public_key.kid
    states = {key.kid: key.withdrawn_at for key in database.read_here(all_answer_keys)}
    assert states == {first: NOON, second: None}
    await keeper.run_once()
    assert keeper.signer.public_key.kid == second


@ON_SQLITE
async def test_readyz_warns_while_no_list_names_the_key_of_the_process(
    database: Database, keeper: AnswerKeyKeeper, worker: AnswerKeySigner, clock: SetClock
) -> None:
    await keeper.run_once()
    assert await keeper.findings() == []
    clock.now += LISTED_WITHIN
    (sentence,) = [each.sentence for each in await keeper.findings()]
    assert keeper.signer.public_key.kid in sentence
    await worker.run_once()
    assert await keeper.findings() == []
    database.write_here(withdraw_answer_key, keeper.signer.public_key.kid, None, NOON)
    await keeper.run_once()
    assert await keeper.findings() == []
    clock.now += LISTED_WITHIN
    (sentence,) = [each.sentence for each in await keeper.findings()]
    assert keeper.signer.public_key.kid in sentence


@ON_SQLITE
async def test_readyz_warns_of_a_list_that_is_days_old(
    keeper: AnswerKeyKeeper, worker: AnswerKeySigner, clock: SetClock
) -> None:
    await keeper.run_once()
    await worker.run_once()
    clock.now += OLD
    (sentence,) = [each.sentence for each in await keeper.findings()]
    assert "the newest is of 2026-09-01" in sentence


@ON_SQLITE
async def test_readyz_warns_if_api_and_worker_name_different_issuers(
    database: Database, keeper: AnswerKeyKeeper, clock: SetClock
) -> None:
    await keeper.run_once()
    await AnswerKeySigner(database, Signer(generate_private_key(), "lumen"), clock).run_once()
    (sentence,) = [each.sentence for each in await keeper.findings()]
    assert 'the issuer "mintpost", and the worker "lumen" (LICENSE_ISSUER)' in sentence


@ON_SQLITE
async def test_the_list_of_keys_is_served_once_it_is_signed(
    api: OnlineApi, database: Database, worker: AnswerKeySigner, signer: Signer
) -> None:
    before = await api.http.get(PATH)
    assert (before.status_code, before.headers["retry-after"]) == (503, "10")
    assert before.json()["detail"] == "no list of answer keys is signed yet"

    async def registered() -> bool | None:
        return bool(database.read_here(all_answer_keys)) or None

    await until(registered, "the API registers its key")
    await worker.run_once()
    served = await api.http.get(PATH)
    assert (served.status_code, served.headers["content-type"]) == (200, "application/jwt")
    assert served.headers["cache-control"] == "public, max-age=60"
    assert served.headers["access-control-allow-origin"] == "*"
    assert verify_answer_keys(served.text, [signer.public_key]).content.keys == (
        api.signer.public_key,
    )
    known = {"If-None-Match": served.headers["etag"]}
    assert (await api.http.get(PATH, headers=known)).status_code == 304
    assert (await api.http.options(PATH)).status_code == 204
    unknown = await api.http.post("/nowhere")
    refused = await api.http.post(PATH)
    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)


@ON_SQLITE
async def test_the_license_keys_name_no_answer_key(api: OnlineApi) -> None:
    answer = await api.http.get("/.well-known/jwks.json")
    assert api.signer.public_key.kid not in answer.text
