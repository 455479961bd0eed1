"""`mintpost verify` of a revocation list: it tells the list, and takes it for no license."""

import io
import sys
from datetime import UTC, datetime, timedelta

import pytest

from db.engine import Database
from db.signing_keys import KnownKey, remember_key, revoke_key
from licensing.private_keys import generate_private_key
from licensing.revocations import Revocations, revocation_hash
from licensing.signing import Signer
from tests.support.commanding import Run

NOW = datetime.now(UTC).replace(microsecond=0)
LIST = Revocations(12, NOW, tuple(map(revocation_hash, ("a-jti", "another"))))

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def known(clean: pytest.MonkeyPatch, database: Database, signer: Signer) -> None:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    key = KnownKey(signer.kid, signer.public_key.x)
    database.write_here(remember_key, key, NOW)


def test_a_list_tells_its_number_its_time_and_its_length(signer: Signer, mint: Run) -> None:
    answer = mint("verify", signer.sign_revocations(LIST))
    assert answer.code == 0
    first, *facts = answer.out.splitlines()
    assert first == "a genuine revocation list that holds; it is no license"
    told = dict(line.split(maxsplit=1) for line in facts if not line.startswith("  signed by"))
    assert (told["seq"], told["revoked"].split()[0]) == ("12", "2")
    assert told["signed"].startswith(f"{NOW:%Y-%m-%d %H:%M}")


def test_a_list_may_come_from_the_input_because_it_may_be_long(
    signer: Signer, mint: Run, clean: pytest.MonkeyPatch
) -> None:
    long = Revocations(13, NOW, tuple(revocation_hash(str(number)) for number in range(10_000)))
    clean.setattr(sys, "stdin", io.StringIO(signer.sign_revocations(long) + "\n"))
    answer = mint("verify", "-")
    assert (answer.code, "10000 entries" in answer.out) == (0, True)


def test_a_list_that_is_over_holds_no_more(signer: Signer, mint: Run) -> None:
    old = Revocations(12, NOW - timedelta(days=8), LIST.revoked)
    answer = mint("verify", signer.sign_revocations(old))
    assert (answer.code, "that has expired" in answer.out) == (1, True)


def test_a_list_of_a_revoked_or_a_foreign_key_is_not_genuine(
    database: Database, signer: Signer, mint: Run
) -> None:
    foreign = Signer(generate_private_key(), "mintpost").sign_revocations(LIST)
    assert "not known here" in mint("verify", foreign).err
    database.write_here(revoke_key, signer.kid, "stolen", NOW)
    answer = mint("verify", signer.sign_revocations(LIST))
    revoked = f"the key that signed it was revoked on {NOW:%Y-%m-%d} (stolen)"
    assert answer.out.splitlines()[0] == f"not a genuine revocation list: {revoked}"
    assert answer.code == 1
