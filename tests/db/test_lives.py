"""The state of a license as JSON, and back."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.lives import as_plain, from_plain
from domain.event import IgnoredReason
from domain.license import LicenseReason, LicenseStatus
from domain.lifecycle import Life

END = datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC)
LIFE = Life(LicenseStatus.ACTIVE, None, END, True, None, "pro", 3, "p", "Lumen", "sha")  # noqa: FBT003 - a field
REVOKED = replace(LIFE, status=LicenseStatus.REVOKED, reason=LicenseReason.REFUNDED, renews=None)


@pytest.mark.parametrize("life", [LIFE, REVOKED, replace(LIFE, expires_at=None, grace_until=END)])
def test_state_comes_back_from_its_json(life: Life) -> None:
    assert from_plain(json.loads(json.dumps(as_plain(life)))) == life


def test_json_has_the_times_and_words_that_lists_show() -> None:
    plain = as_plain(REVOKED)

    assert plain["expires_at"] == "2027-01-01T23:59:59Z"
    assert (plain["status"], plain["reason"]) == ("revoked", "refunded")


def test_time_ahead_and_refusal_to_mint_are_no_history() -> None:
    ahead = replace(LIFE, changes_at=END, refuses=IgnoredReason.REFUNDED)

    assert as_plain(ahead) == as_plain(LIFE)


def test_row_of_a_later_version_is_read() -> None:
    assert from_plain(as_plain(LIFE) | {"of a later version": 1}) == LIFE
