"""The reason in Paddle's refusal of a key."""

import pytest

from fakes.paddle_api import FakePaddleApi
from storefronts.paddle.refusals import is_lack_of_right

REFUSALS = FakePaddleApi.refusals


def test_only_the_code_of_a_missing_permission_means_a_good_key() -> None:
    assert is_lack_of_right(REFUSALS.lacks_right.body)
    assert not is_lack_of_right(REFUSALS.wrong_key.body)
    assert not is_lack_of_right(REFUSALS.no_key.body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"error": "forbidden"}', b"{}"])
def test_refusal_without_a_code_tells_of_no_permission(body: bytes) -> None:
    assert not is_lack_of_right(body)
