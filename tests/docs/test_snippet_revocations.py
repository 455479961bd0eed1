"""The code of docs/apps for the revocation list, against real lists."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from api.assembling import ApiParts
from db.engine import Database
from db.revocations import NewList, keep_list
from licensing.private_keys import generate_private_key
from licensing.revocations import Revocations, revocation_hash
from licensing.signing import Signer
from licensing.tokens import jwks
from relay.spool import Spool
from tests.docs.building import App, RefusedError
from tests.docs.conftest import KeySet, Reader
from tests.docs.test_snippets import LICENSE, NOW
from tests.support.outages import connect_to_nothing
from tests.support.running import running_api

REVOKED = replace(LICENSE, token_id="a-jti", status="revoked")
LIST = Revocations(7, NOW, (revocation_hash("a-jti"), revocation_hash("another")))
OLDER = replace(LIST, seq=6, revoked=())
OVER = replace(LIST, seq=8, signed_at=NOW - timedelta(days=8))


def refuses(app: App, text: Any, keys: KeySet) -> bool:  # noqa: ANN401 - a list, or anything else
    try:
        app("read_revocations", text, keys)
    except RefusedError:
        return True
    return False


def test_a_list_is_read_and_names_its_licenses(
    app: App, read: Reader, signer: Signer, keys: KeySet
) -> None:
    listed = app("read_revocations", signer.sign_revocations(LIST), keys)
    assert (listed["seq"], listed["revoked"]) == (7, list(LIST.revoked))
    assert app("is_revoked", read(signer.sign(REVOKED), keys)["jti"], listed) is True
    assert app("is_revoked", read(signer.sign(LICENSE), keys)["jti"], listed) is False


def test_a_list_is_no_license_and_a_license_no_list(
    app: App, read: Reader, signer: Signer, keys: KeySet
) -> None:
    with pytest.raises(RefusedError):
        read(signer.sign_revocations(LIST), keys)
    assert refuses(app, signer.sign(LICENSE), keys)


def test_a_token_of_another_type_is_no_license_whatever_it_claims(read: Reader) -> None:
    private = generate_private_key()
    public = Signer(private, "mintpost").public_key
    claims = {"iss": "mintpost", "jti": "12", "key": LICENSE.key}
    for typ, is_license in (("answer+jwt", False), ("JWT", True), ("jwt", True)):
        token = jwt.encode(claims, private, "EdDSA", {"kid": public.kid, "typ": typ})
        with nullcontext() if is_license else pytest.raises(RefusedError):
            read(token, jwks([public]))


def test_a_changed_a_foreign_and_an_old_list_are_refused(
    app: App, signer: Signer, keys: KeySet
) -> None:
    head, _, signature = signer.sign_revocations(LIST).split(".")
    emptied = signer.sign_revocations(replace(LIST, revoked=())).split(".")[1]
    assert refuses(app, f"{head}.{emptied}.{signature}", keys)
    assert refuses(app, Signer(generate_private_key(), "mintpost").sign_revocations(LIST), keys)
    assert refuses(app, signer.sign_revocations(OVER), keys)


def test_the_newest_good_list_is_kept(app: App, signer: Signer, keys: KeySet) -> None:
    newest, older, over = map(signer.sign_revocations, (LIST, OLDER, OVER))
    for kept, fetched in ((None, newest), (older, newest), (newest, older), (newest, None)):
        assert app("newest_revocations", kept, fetched, keys) == newest
    for fetched in (over, "<html>", "", f"{newest}x"):
        assert app("newest_revocations", newest, fetched, keys) == newest
    assert app("newest_revocations", over, None, keys) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_list_is_fetched_from_the_api_and_without_one_nothing_breaks(
    app: App, database: Database, signer: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    text = signer.sign_revocations(LIST)
    parts = ApiParts(database, {}, connect_to_nothing, Spool(tmp_path / "spool"))
    async with running_api(parts) as url:
        asked = f"{url}/v1/revocations"
        assert await asyncio.to_thread(app, "fetch", asked) is None
        database.write_here(keep_list, NewList(LIST.seq, text, 0, NOW))
        assert await asyncio.to_thread(app, "fetch", asked) == text
    assert await asyncio.to_thread(app, "fetch", asked) is None
